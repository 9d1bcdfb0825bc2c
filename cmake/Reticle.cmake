# The build's own vocabulary: what every module and test of Reticle is built with.
include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

# One cache serves several build directories (base_dir). Precompiled headers are for builds without it: g++'s are memory
# images, and one taken from a cache made the compiler crash or eat all memory.
find_program(RETICLE_CCACHE ccache)
if(RETICLE_CCACHE)
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${RETICLE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()

find_program(RETICLE_MOLD mold)
if(RETICLE_MOLD AND NOT RETICLE_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  if(RETICLE_SANITIZE)
    # -O0 -g1: Beast under sanitizers costs minutes at -O1 (docs/developing.md).
    set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
    set(CMAKE_C_FLAGS_DEBUG "-O0 -g1")
  else()
    set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1 -D_GLIBCXX_ASSERTIONS")
  endif()
endif()

if(RETICLE_SANITIZE)
  add_compile_options(-fsanitize=${RETICLE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${RETICLE_SANITIZE})
endif()
if(RETICLE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_library(reticle_options INTERFACE)
target_include_directories(reticle_options INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
target_compile_options(
  reticle_options
  INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wold-style-cast -Wimplicit-fallthrough
            $<$<BOOL:${RETICLE_WERROR}>:-Werror>)
target_compile_definitions(reticle_options INTERFACE RETICLE_VERSION="${PROJECT_VERSION}"
                                                     BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_USE_STD_STRING_VIEW)
target_link_libraries(reticle_options INTERFACE Threads::Threads)

# Tests and benchmarks: builders are designated initialisers that name only what matters, and numbers are small.
# Linked last, since later options win.
add_library(reticle_test_options INTERFACE)
target_compile_options(reticle_test_options INTERFACE -Wno-conversion -Wno-missing-field-initializers)

# reticle_module(name SOURCES a.cpp ... LINK lib ...): one static library, one folder of the architecture.
function(reticle_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC reticle_options ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
  target_precompile_headers(
    ${name} PRIVATE <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional> <span> <string>
    <string_view> <unordered_map> <utility> <vector>)
endfunction()

# reticle_program(name SOURCES main.cpp LINK lib ...): an executable in <build>/bin.
function(reticle_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE reticle_options ${arg_LINK})
endfunction()

# What tests/run.sh builds for each sanitizer.
add_custom_target(unit_tests)
add_custom_target(thread_tests)
add_custom_target(fuzz_targets)

# reticle_test(name SOURCES ... LINK ... [LABELS unit ...]): one GoogleTest binary, one ctest entry.
# Labels: unit (pure; runs under asan), threads (runs under tsan too), kernel (needs the real kernel).
function(reticle_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE reticle_options ${arg_LINK} GTest::gmock GTest::gtest GTest::gtest_main rapidcheck
                        reticle_test_options)
  target_precompile_headers(${name} PRIVATE <gmock/gmock.h> <gtest/gtest.h> <rapidcheck.h> <string> <vector> <map>)
  target_compile_definitions(${name} PRIVATE RETICLE_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data"
                                             RETICLE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300)
  if("unit" IN_LIST arg_LABELS)
    add_dependencies(unit_tests ${name})
  endif()
  if("threads" IN_LIST arg_LABELS)
    add_dependencies(thread_tests ${name})
  endif()
endfunction()

# reticle_fuzz(name SOURCES ... LINK ... CORPUS dir): a libFuzzer target; without clang it replays the corpus.
function(reticle_fuzz name)
  cmake_parse_arguments(arg "" "CORPUS" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE reticle_options ${arg_LINK})
  if(RETICLE_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${name} COMMAND ${name} -runs=20000 -max_total_time=20 -rss_limit_mb=2048 ${CMAKE_BINARY_DIR}/corpus/${name}
                                  ${arg_CORPUS})
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/corpus/${name})
  else()
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
    add_test(NAME ${name} COMMAND ${name} ${arg_CORPUS})
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "fuzz" TIMEOUT 300)
  add_dependencies(fuzz_targets ${name})
endfunction()

# reticle_benchmark(name SOURCES ... LINK ...): a Google Benchmark program in <build>/bin; never run by ctest.
function(reticle_benchmark name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE reticle_options ${arg_LINK} benchmark::benchmark reticle_test_options)
endfunction()
