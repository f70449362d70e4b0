#include "base/option.h"

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

enum class Colour { kRed, kBlue };
constexpr OptionChoice<Colour> kColours[] = {{"red", Colour::kRed}, {"blue", Colour::kBlue}};

bool IsEven(std::string_view text) { return text.size() % 2 == 0; }

struct Painting {
  std::string title;
  std::vector<std::string> pairs;
  bool framed = false;
  std::uint16_t width = 7;
  std::optional<std::int64_t> height;
  double weight = 1.5;
  std::chrono::milliseconds drying{250};
  Colour colour = Colour::kBlue;
};

constexpr OptionRow<Painting> kTitle = TextOption<&Painting::title>({"title", "NAME", "Its name"});
constexpr OptionRow<Painting> kPair = TextOption<&Painting::pairs, IsEven>(
    {.name = "pair", .unit = "TEXT", .sentence = "Two", .expected = "of even length"});
constexpr OptionRow<Painting> kFramed = SwitchOption<&Painting::framed>({"framed", "", "A frame"});
constexpr OptionRow<Painting> kWidth = WholeOption<&Painting::width>(
    {.name = "width", .unit = "CM", .sentence = "How wide", .min = 1, .max = 65535});
constexpr OptionRow<Painting> kHeight = WholeOption<&Painting::height>({.name = "height",
                                                                        .unit = "CM",
                                                                        .sentence = "How high",
                                                                        .default_words = "as wide",
                                                                        .min = 0,
                                                                        .max = 1e9});
constexpr OptionRow<Painting> kWeight = NumberOption<&Painting::weight>(
    {.name = "weight", .unit = "KG", .sentence = "How heavy", .min = 0.05, .max = 29});
constexpr OptionRow<Painting> kDrying =
    SecondsOption<&Painting::drying>({"drying-seconds", "", "How long"});
constexpr OptionRow<Painting> kColour =
    ChoiceOption<&Painting::colour, kColours>({"colour", "COLOUR", "Which"});

std::string Refusal(const OptionRow<Painting>& row, const std::string& text) {
  Painting painting;
  Result<void> set = row.Set(painting, text);
  return set ? "taken" : set.error().message;
}

TEST(OptionTest, EachKindReachesItsField) {
  Painting painting;
  EXPECT_TRUE(kTitle.Set(painting, "a"));
  EXPECT_TRUE(kPair.Set(painting, "ab"));
  EXPECT_TRUE(kPair.Set(painting, "cd"));
  EXPECT_TRUE(kFramed.Set(painting, ""));
  EXPECT_TRUE(kWidth.Set(painting, "65535"));
  EXPECT_TRUE(kHeight.Set(painting, "0"));
  EXPECT_TRUE(kWeight.Set(painting, "2.5"));
  EXPECT_TRUE(kDrying.Set(painting, "0.5"));
  EXPECT_TRUE(kColour.Set(painting, "red"));
  EXPECT_EQ(painting.title, "a");
  EXPECT_EQ(painting.pairs, (std::vector<std::string>{"ab", "cd"}));
  EXPECT_TRUE(painting.framed);
  EXPECT_EQ(painting.width, 65535);
  EXPECT_EQ(painting.height, 0);
  EXPECT_EQ(painting.weight, 2.5);
  EXPECT_EQ(painting.drying, std::chrono::milliseconds(500));
  EXPECT_EQ(painting.colour, Colour::kRed);
  EXPECT_TRUE(kPair.repeatable);
  EXPECT_FALSE(kTitle.repeatable);
}

TEST(OptionTest, ARefusalNamesTheOptionAndItsBounds) {
  EXPECT_EQ(Refusal(kWidth, "0"), "--width: \"0\" is not a whole number from 1 to 65535");
  EXPECT_EQ(Refusal(kWidth, "65536"), "--width: \"65536\" is not a whole number from 1 to 65535");
  EXPECT_EQ(Refusal(kWidth, "7x"), "--width: \"7x\" is not a whole number from 1 to 65535");
  EXPECT_EQ(Refusal(kHeight, "99999999999999999999"),
            "--height: \"99999999999999999999\" is not a whole number from 0 to 1000000000");
  EXPECT_EQ(Refusal(kWeight, "nan"), "--weight: \"nan\" is not a number from 0.05 to 29");
  EXPECT_EQ(Refusal(kDrying, "-1"),
            "--drying-seconds: \"-1\" is not a number of seconds from 0 to 31536000");
  EXPECT_EQ(Refusal(kPair, "abc"), "--pair: \"abc\" is not of even length");
  EXPECT_EQ(Refusal(kColour, "green"), "--colour: \"green\" is not red or blue");
}

TEST(OptionTest, HelpHasDefaultAndBounds) {
  EXPECT_EQ(HelpText(kTitle, kTitle.DefaultText()), "Its name");
  EXPECT_EQ(HelpText(kWidth, kWidth.DefaultText()), "How wide (default: 7; 1 to 65535)");
  EXPECT_EQ(HelpText(kHeight, kHeight.DefaultText()),
            "How high (default: as wide; 0 to 1000000000)");
  EXPECT_EQ(kDrying.DefaultText(), "0.25");
  EXPECT_EQ(kColour.DefaultText(), "blue");
  EXPECT_EQ(kFramed.DefaultText(), "");
}

TEST(OptionTest, WordsAndNames) {
  EXPECT_EQ(OneOf({"a"}), "a");
  EXPECT_EQ(OneOf({"a", "b", "c"}), "a, b or c");
  EXPECT_EQ(EnvironmentName("ready-file"), "GATEHOUSE_READY_FILE");
}

}  // namespace
}  // namespace gatehouse::base
