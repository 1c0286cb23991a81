#include "connectors/http/head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fairlead::http {
namespace {

int post_with(const std::string& headers) {
  return fault_of("POST / HTTP/1.1\r\n" + headers + "\r\n\r\n").status;
}

TEST(HttpHead, GoodOnesPass) {
  EXPECT_EQ(fault_of("GET / HTTP/1.1\r\n\r\n").status, 0);
  EXPECT_EQ(post_with("Content-Length: 11"), 0);
  EXPECT_EQ(post_with("Host: a\r\nTransfer-Encoding: Chunked"), 0);
  EXPECT_EQ(post_with("A!#$%&'*+-.^_`|~0: \tb c\r\nRange: bytes=1%1%"), 0);
}

// A proxy in front would see another header there, or none.
TEST(HttpHead, WhatTwoReadersCouldReadDifferentlyIsRefused) {
  EXPECT_EQ(post_with("no colon"), 400);
  EXPECT_EQ(post_with("A: b\nContent-Length: 3"), 400);
  EXPECT_EQ(post_with("A: b\rContent-Length: 3"), 400);
  EXPECT_EQ(post_with("A: b\r\n Content-Length: 3"), 400);
  EXPECT_EQ(post_with("A: b\r\n\tContent-Length: 3"), 400);
  EXPECT_EQ(post_with("Content-Length : 3"), 400);
  EXPECT_EQ(post_with("Content\vLength: 3"), 400);
  EXPECT_EQ(post_with(": 3"), 400);
  EXPECT_EQ(post_with(std::string{"A: b\0", 5}), 400);
  EXPECT_EQ(post_with("Host: a\r\nhost: a"), 400);
  EXPECT_EQ(fault_of("GET / HTTP/1.1\nContent-Length: 3\r\n\r\n").status, 400);
}

TEST(HttpHead, ABodyHasOneLengthOrComesInChunks) {
  for (const auto* length : {"-1", "+1", "1x", "0x1", "1, 1", "1 1", ""})
    EXPECT_EQ(post_with("Content-Length: " + std::string{length}), 400)
      << length;
  EXPECT_EQ(post_with("Content-Length: 1\r\nContent-Length: 1"), 400);
  EXPECT_EQ(post_with("Content-Length: 1\r\nTransfer-Encoding: chunked"), 400);
  for (const auto* coding :
       {"gzip", "gzip, chunked", "chunked, chunked", "identity", "xchunked",
        "chunked;q=1", "\"chunked\"", ""})
    EXPECT_EQ(post_with("Transfer-Encoding: " + std::string{coding}), 400)
      << coding;
  EXPECT_EQ(
    post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400);
  EXPECT_EQ(
    fault_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").status,
    400);
}

TEST(HttpHead, ALongTargetIsNamed) {
  EXPECT_EQ(
    fault_of("GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\n\r\n").status,
    414);
}

} // namespace
} // namespace fairlead::http
