# The report that the probe keeps; included by this folder's CMakeLists.txt.
reticle_module(
  reticle_probe_state
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/local_state.cpp
  LINK reticle_report)
