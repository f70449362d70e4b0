#include "table/value/attribute_json.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "table/value/test_random.h"

namespace gatehouse::table {
namespace {

AttributeValue Read(std::string_view json, RequestProblems& problems) {
  return ReadAttributeValue(boost::json::parse(json), problems);
}

TEST(AttributeJson, EveryTypeComesBack) {
  for (std::string json :
       {R"({"S":""})", R"({"S":"a\"b\u0000ü"})", R"({"N":"-1.5"})", R"({"B":"AP8="})",
        R"({"B":""})", R"({"BOOL":false})", R"({"NULL":true})", R"({"SS":["b","a"]})",
        R"({"NS":["1","2"]})", R"({"BS":["AA=="]})", R"({"L":[]})",
        R"({"L":[{"S":"a"},{"L":[{"N":"1"}]}]})", R"({"M":{}})",
        R"({"M":{"a.b":{"M":{"":{"NULL":true}}}}})"}) {
    RequestProblems problems;
    AttributeValue value = Read(json, problems);
    EXPECT_FALSE(problems.any()) << json;
    std::string back;
    AppendJson(back, value);
    EXPECT_EQ(back, json);
  }
}

TEST(AttributeJson, RandomItemsComeBack) {
  TestRandom random(7);
  for (int i = 0; i < 300; ++i) {
    Item item{{"m", Item{{"n", Number{random.NumberText()}}, {"b", Binary{random.Bytes()}}}}};
    std::string json;
    AppendJson(json, item);
    RequestProblems problems;
    EXPECT_EQ(ReadItem(boost::json::parse(json), problems), item);
    EXPECT_FALSE(problems.any());
  }
}

TEST(AttributeJson, WrongJsonTypesAreSerializationProblems) {
  struct Row {
    std::string json;
    std::string message;
  };
  for (const Row& row : std::vector<Row>{
           {R"({"S":1})", "NUMBER_VALUE cannot be converted to String"},
           {R"({"N":1.5})", "DECIMAL_VALUE cannot be converted to String"},
           {R"({"BOOL":"maybe"})", "Unexpected token received from parser"},
           {R"({"BOOL":1})", "NUMBER_VALUE cannot be converted to Boolean"},
           {R"({"S":["a"]})", "Unrecognized collection type class java.lang.String"},
           {R"({"B":1})", "only base-64-encoded strings are convertible to bytes"},
           {R"({"SS":"a"})", "Unexpected field type"},
           {R"({"SS":[true]})", "TRUE_VALUE cannot be converted to String"},
           {R"({"L":{}})", "Start of structure or map found where not expected"},
           {R"({"M":[]})",
            "Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
           {R"({"M":{"a":"text"}})", "Unexpected value type in payload"},
           {R"({"B":"AP8"})",
            "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
           {R"({"B":"A*8="})", "Invalid last non-pad Base64 character dectected"},
       }) {
    RequestProblems problems;
    Read(row.json, problems);
    EXPECT_EQ(problems.serialization, row.message) << row.json;
  }
}

TEST(AttributeJson, ExactlyOneTypeIsWanted) {
  for (const char* json : {"{}", R"({"S":null})", R"({"Other":"a"})", R"({"L":[{}]})"}) {
    RequestProblems problems;
    Read(json, problems);
    EXPECT_EQ(problems.ValidationMessage(),
              "Supplied AttributeValue is empty, must contain exactly one of the supported "
              "datatypes");
  }
  RequestProblems problems;
  Read(R"({"S":"a","N":"1"})", problems);
  EXPECT_EQ(problems.ValidationMessage(),
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes");
}

TEST(AttributeJson, NullIsTrue) {
  RequestProblems problems;
  Read(R"({"NULL":false})", problems);
  EXPECT_EQ(problems.ValidationMessage(),
            "One or more parameter values were invalid: Null attribute value types must have the "
            "value of true");
}

}  // namespace
}  // namespace gatehouse::table
