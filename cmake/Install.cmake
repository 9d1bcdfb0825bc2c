# What `cmake --install` puts where: the programs, the web view, their manual pages and completions.
foreach(program reticle-app reticle-probe)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
if(RETICLE_WEB)
  install(DIRECTORY ${CMAKE_BINARY_DIR}/share/reticle/web DESTINATION ${CMAKE_INSTALL_DATADIR}/reticle)
endif()
foreach(program reticle-app reticle-probe)
  install(FILES ${CMAKE_SOURCE_DIR}/packaging/man/${program}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${CMAKE_SOURCE_DIR}/packaging/completion/${program}.bash
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${program})
  install(FILES ${CMAKE_SOURCE_DIR}/packaging/completion/_${program} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${CMAKE_SOURCE_DIR}/packaging/completion/${program}.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endforeach()
