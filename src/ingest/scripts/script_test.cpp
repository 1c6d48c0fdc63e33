#include "ingest/scripts/script.h"

#include <gtest/gtest.h>

namespace selene::ingest {
namespace {

using base::ErrorCode;
using base::JsonDocument;
using base::JsonTree;

JsonTree tree(std::string_view json) { return JsonTree::from(JsonDocument::parse(json)->root()); }

/// ctx after the script has run on {"_source": source}, or `error: ` and what was wrong.
std::string run(std::string_view source, const std::string& script, std::string_view params = "{}") {
  base::JsonWriter body;
  body.begin_object().field("source", script).key("params").raw(params).end_object();
  const auto document = JsonDocument::parse(body.text());
  const auto compiled = Script::compile(document->root());
  if (!compiled) return "error: " + compiled.error().reason() + ": " + compiled.error().cause()->reason();
  JsonTree ctx = JsonTree::object();
  ctx.set("_source", tree(source));
  const auto result = (*compiled)->run(ctx);
  if (!result) return "error: " + result.error().reason() + ": " + result.error().cause()->reason();
  if (const JsonTree* op = ctx.find("op")) return op->as_string();
  return ctx.find("_source")->to_json();
}

TEST(ScriptTest, AssignsParametersAndMakesMembers) {
  EXPECT_EQ(run(R"({"a":1})", "ctx._source.f = params.x", R"({"x":{"y":[1]}})"), R"({"a":1,"f":{"y":[1]}})");
  EXPECT_EQ(run(R"({"a":1})", "ctx._source['b'] = 'x'; ctx._source.a = null;"), R"({"a":null,"b":"x"})");
  EXPECT_EQ(run(R"({"o":{"l":[1,2]}})", "ctx._source.o.l[1] = 5; ctx._source.o.l.0 = -1"), R"({"o":{"l":[-1,5]}})");
}

TEST(ScriptTest, CountsAndJoins) {
  EXPECT_EQ(run(R"({"n":1})", "ctx._source.n += params.by", R"({"by":4})"), R"({"n":5})");
  EXPECT_EQ(run(R"({"n":1})", "ctx._source.n++; ctx._source.n *= 10; ctx._source.n -= 3; ctx._source.n /= 2"), R"({"n":8})");
  EXPECT_EQ(run(R"({"n":7})", "ctx._source.n = ctx._source.n % 4 + 1.5"), R"({"n":4.5})");
  EXPECT_EQ(run(R"({"s":"a"})", "ctx._source.s += '-' + 1 + true"), R"({"s":"a-1true"})");
  EXPECT_EQ(run(R"({"n":2})", "ctx._source.n = 1 + ctx._source.n * (3 - 1)"), R"({"n":5})");
}

TEST(ScriptTest, ChoosesTheOperation) {
  EXPECT_EQ(run(R"({"n":1})", "ctx.op = 'delete'"), "delete");
  const std::string script =
      "if (ctx._source.tags.contains(params.tag)) { ctx.op = 'none' } else { ctx._source.tags.add(params.tag) }";
  EXPECT_EQ(run(R"({"tags":["a"]})", script, R"({"tag":"a"})"), "none");
  EXPECT_EQ(run(R"({"tags":["a"]})", script, R"({"tag":"b"})"), R"({"tags":["a","b"]})");
}

TEST(ScriptTest, ConditionsReadNullsAndTypes) {
  EXPECT_EQ(run("{}", "if (ctx._source.n == null) ctx._source.n = 0; else if (ctx._source.n > 3) ctx._source.n = 3"), R"({"n":0})");
  EXPECT_EQ(run(R"({"n":9})", "if (ctx._source.n == null) ctx._source.n = 0; else if (ctx._source.n > 3) ctx._source.n = 3"),
            R"({"n":3})");
  EXPECT_EQ(run(R"({"a":1})", "ctx._source.r = ctx._source?.x?.y == null && !(1 > 2) || false"), R"({"a":1,"r":true})");
  EXPECT_EQ(run("{}", "ctx._source.r = ctx._source.x ?: 'none'; ctx._source.c = 1 == 1.0 ? [1, ['k': 2]] : []"),
            R"({"r":"none","c":[1,{"k":2}]})");
}

TEST(ScriptTest, CallsChangeListsAndMapsInPlace) {
  EXPECT_EQ(run(R"({"l":["a","b"]})", "ctx._source.l.remove(ctx._source.l.indexOf('a'))"), R"({"l":["b"]})");
  EXPECT_EQ(run(R"({"a":1,"b":2})", "ctx._source.remove('a'); ctx._source.put('c', 3)"), R"({"b":2,"c":3})");
  EXPECT_EQ(run(R"({"s":" Ab "})", "def t = ctx._source.s.trim(); ctx._source.s = t.toLowerCase() + t.length()"), R"({"s":"ab2"})");
  EXPECT_EQ(run(R"({"s":"a,b"})", "ctx._source.s = ctx._source.s.splitOnToken(',')"), R"({"s":["a","b"]})");
}

TEST(ScriptTest, ReturnEndsTheScript) {
  EXPECT_EQ(run(R"({"n":1})", "if (ctx._source.n == 1) { return; } ctx._source.n = 5"), R"({"n":1})");
}

TEST(ScriptTest, FaultsNameThemselves) {
  EXPECT_EQ(run("{}", "ctx._source.a.b = 1"), "error: runtime error: cannot access method/field [b] from a null def reference");
  EXPECT_EQ(run("{}", "ctx._source.a = b"), "error: runtime error: cannot resolve symbol [b]");
  EXPECT_EQ(run("{}", "ctx._source.a = 1 / 0"), "error: runtime error: / by zero");
  EXPECT_EQ(run("{}", "ctx._source.a = 'x'.foo()"), "error: runtime error: dynamic method [java.lang.String, foo/0] not found");
  EXPECT_EQ(run("{}", "ctx._source.a = "),
            "error: compile error: invalid sequence of tokens near ['end of script'] at character [16]: an expression is expected");
  EXPECT_EQ(run("{}", "params.x = 1"), "error: runtime error: only values below [ctx] can be assigned");
  EXPECT_NE(run("{}", "for (x in y) {}").find("[for] is not supported"), std::string::npos);
}

TEST(ScriptTest, DeepAndLongScriptsAreRefused) {
  EXPECT_NE(run("{}", "ctx.a = " + std::string(5000, '(')).find("tokens, at most"), std::string::npos);
  EXPECT_NE(run("{}", "ctx.a = " + std::string(1000, '(')).find("nested deeper"), std::string::npos);
  EXPECT_NE(run("{}", "ctx.a = " + std::string(1000, '-') + "1").find("error: "), std::string::npos);
  EXPECT_NE(run("{}", std::string(70000, ' ')).find("exceeded max allowed inline script size in bytes [65535]"), std::string::npos);
}

TEST(ScriptTest, ValuesPutIntoThemselvesEnd) {
  std::string script = "ctx._source.a = 'x';";
  for (int i = 0; i < 100; ++i) script += "ctx._source.a += ctx._source.a;";
  EXPECT_NE(run("{}", script).find("the script made more than"), std::string::npos);
}

TEST(ScriptTest, OtherLanguagesAndStoredScriptsAreRefused) {
  const auto compile = [](std::string_view body) { return Script::compile(JsonDocument::parse(body)->root()).error().reason(); };
  EXPECT_EQ(compile(R"({"source":"1","lang":"mustache"})"), "script_lang not supported [mustache]");
  EXPECT_EQ(compile(R"({"id":"x"})"), "unable to find script [x] in cluster state");
  EXPECT_EQ(compile("{}"), "must specify either [source] for an inline script or [id] for a stored script");
}

}  // namespace
}  // namespace selene::ingest
