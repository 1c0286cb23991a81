# The program alone, on Debian 13 slim. Build: docker build -t fairlead .
FROM debian:13-slim AS build
WORKDIR /src
# The packages change seldom: they are a layer of their own.
COPY script/bootstrap script/common.sh script/
RUN script/bootstrap program && rm -rf /var/lib/apt/lists/*
COPY . .
RUN script/build release --program \
    && strip -o /usr/local/bin/fairlead build/release/fairlead

FROM debian:13-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates curl tzdata tzdata-legacy \
        libabsl20240722 libcaf-core0.17t64 libcurl4t64 libdate-tz3 \
        libmimalloc3 libphonenumber8 libprometheus-cpp-core1.0 librdkafka1 \
        libsimdjson25 libspdlog1.15 libsqlite3-0 zlib1g \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/fairlead /usr/local/bin/fairlead
# Fails here, not at the first start, when a library is missing.
RUN fairlead --version \
    && useradd --uid 10001 --home-dir /var/lib/fairlead --create-home fairlead
USER 10001
WORKDIR /var/lib/fairlead
EXPOSE 8080
# /livez needs no token. The image is meant for `fairlead run`.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/livez"]
ENTRYPOINT ["fairlead"]
CMD ["--help"]
