#include "probe/processes/stat_line.h"

#include <gtest/gtest.h>

#include "tests/probe/support/proc_tree.h"

namespace reticle::probe {
namespace {

TEST(StatLine, ReadsWhatWeUse) {
    const std::string text = test::stat_text({.pid = 12,
                                              .name = "cat",
                                              .ppid = 7,
                                              .state = 'R',
                                              .cpu_ticks = 55,
                                              .start_ticks = 1234,
                                              .threads = 3,
                                              .rss_pages = 99,
                                              .stack_start = 4096});
    const auto line = parse_stat(text);
    ASSERT_TRUE(line);
    EXPECT_EQ(line->name, "cat");
    EXPECT_EQ(line->state, 'R');
    EXPECT_EQ(line->ppid, 7);
    EXPECT_EQ(line->cpu_ticks, 55u);
    EXPECT_EQ(line->threads, 3u);
    EXPECT_EQ(line->start_ticks, 1234u);
    EXPECT_EQ(line->rss_pages, 99u);
    EXPECT_EQ(line->stack_start, 4096u);
    EXPECT_FALSE(line->kernel_thread);
}

TEST(StatLine, NameEndsAtTheLastBracket) {
    for (const std::string name : {"a b", "(sd-pam)", ") S 1 (", "two\nlines", ""}) {
        const std::string text = test::stat_text({.name = name, .start_ticks = 77});
        const auto line = parse_stat(text);
        ASSERT_TRUE(line) << name;
        EXPECT_EQ(line->name, name);
        EXPECT_EQ(line->start_ticks, 77u);
    }
}

TEST(StatLine, KnowsKernelThreads) {
    const std::string text = test::stat_text({.name = "kworker/0:1", .kernel_thread = true});
    EXPECT_TRUE(parse_stat(text)->kernel_thread);
}

TEST(StatLine, RefusesWhatIsNone) {
    const std::string whole = test::stat_text({});
    for (const std::string text : {"", "1", "1 (x", "1 x) S", "1 (x) S", "1 (x) S 1 a", ")("})
        EXPECT_FALSE(parse_stat(text));
    // Every cut is either refused or read as the same facts; none reads beyond its end.
    for (std::size_t size = 0; size < whole.size(); ++size)
        parse_stat(std::string_view(whole).substr(0, size));
}

}  // namespace
}  // namespace reticle::probe
