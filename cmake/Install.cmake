# What `cmake --install` puts where: the programs, the web view and their manual pages.
foreach(program reticle-app reticle-probe)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
if(RETICLE_WEB)
  install(DIRECTORY ${CMAKE_BINARY_DIR}/share/reticle/web DESTINATION ${CMAKE_INSTALL_DATADIR}/reticle)
endif()
