# What `cmake --install` puts where: the programs, the web view and their manual pages.
install(TARGETS reticle-app reticle-probe RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(RETICLE_WEB)
  install(DIRECTORY ${CMAKE_BINARY_DIR}/share/reticle/web DESTINATION ${CMAKE_INSTALL_DATADIR}/reticle)
endif()
