#include "connectors/http/framing.hpp"

#include <gtest/gtest.h>

namespace fairlead::http {
namespace {

frame of(const std::string& bytes) {
  return frame_of(bytes, {.header_bytes_max = 200, .body_bytes_max = 10});
}

using kind = frame::kind;

TEST(HttpFraming, ARequestIsCompleteWithItsBody) {
  std::string head = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n";
  EXPECT_EQ(of("").state, kind::incomplete);
  EXPECT_EQ(of("GET / HTTP/1.1\r\nA: b\r\n").state, kind::incomplete);
  EXPECT_EQ(of(head + "ab").state, kind::incomplete);
  auto f = of(head + "abcGET");
  EXPECT_EQ(f.state, kind::complete);
  EXPECT_EQ(f.size, head.size() + 3);
  EXPECT_EQ(of("GET / HTTP/1.1\r\n\r\n").size, 18U);
}

TEST(HttpFraming, TheHeadIsKnownBeforeTheBody) {
  std::string head = "POST / HTTP/1.1\r\nContent-Length: 3\r\n"
                     "authorization:  Bearer a \r\n"
                     "Authorization: Bearer b\r\n\r\n";
  EXPECT_EQ(of(head.substr(0, head.size() - 1)).head, 0U);
  auto bytes = head + "ab";
  auto f = of(bytes);
  EXPECT_EQ(f.state, kind::incomplete);
  EXPECT_EQ(f.head, head.size());
  EXPECT_EQ(f.authorization, "Bearer a");
}

TEST(HttpFraming, WhatCannotBeBoundedIsRefused) {
  auto status = [](const std::string& header) {
    return of("POST / HTTP/1.1\r\n" + header + "\r\n\r\n").status;
  };
  EXPECT_EQ(status("Transfer-Encoding: chunked"), 411);
  EXPECT_EQ(status("content-length: 11"), 413);
  EXPECT_EQ(status("Content-Length: 99999999999999999999999"), 413);
  EXPECT_EQ(status("Content-Length: 1\r\nContent-Length: 2"), 400);
  EXPECT_EQ(status("Content-Length: -1"), 400);
  EXPECT_EQ(status("Content-Length: 1x"), 400);
  EXPECT_EQ(status("no colon"), 400);
  EXPECT_EQ(of("GET /" + std::string(300, 'x')).status, 431);
}

// A proxy in front would see another header there, or none.
TEST(HttpFraming, WhatTwoReadersCouldReadDifferentlyIsRefused) {
  auto status = [](const std::string& header) {
    return of("GET / HTTP/1.1\r\n" + header + "\r\n\r\n").status;
  };
  EXPECT_EQ(status("A: b\nContent-Length: 3"), 400);
  EXPECT_EQ(status("A: b\rContent-Length: 3"), 400);
  EXPECT_EQ(status("A: b\r\n Content-Length: 3"), 400);
  EXPECT_EQ(status("A: b\r\n\tContent-Length: 3"), 400);
  EXPECT_EQ(status("Content-Length : 3"), 400);
  EXPECT_EQ(status("Content\vLength: 3"), 400);
  EXPECT_EQ(status(": 3"), 400);
  EXPECT_EQ(status(std::string{"A: b\0", 5}), 400);
  EXPECT_EQ(of("GET / HTTP/1.1\nContent-Length: 3\r\n\r\n").status, 400);
  EXPECT_EQ(of("GET / HTTP/1.1\r\nA!#$%&'*+-.^_`|~0: \tb c\r\n\r\n").state,
            kind::complete);
}

TEST(HttpFraming, CloseIsFoundInAList) {
  auto closes = [](const std::string& value) {
    return of("GET / HTTP/1.1\r\nconnection:" + value + "\r\n\r\n").closes;
  };
  EXPECT_TRUE(closes("close"));
  EXPECT_TRUE(closes(" upgrade ,\tClose, x"));
  EXPECT_FALSE(closes(""));
  EXPECT_FALSE(closes(","));
  EXPECT_FALSE(closes("keep-alive"));
  EXPECT_FALSE(closes("closed, not close"));
}

TEST(HttpFraming, ExpectIsFound) {
  std::string head = "POST / HTTP/1.1\r\nContent-Length: 3\r\n";
  auto f = of(head + "expect: 100-Continue\r\n\r\n");
  EXPECT_EQ(f.state, kind::incomplete);
  EXPECT_EQ(f.expects_at, head.size());
}

} // namespace
} // namespace fairlead::http
