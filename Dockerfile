# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
# The caches live outside the image: a second build compiles only what changed.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked && cp target/release/daybefore /usr/local/bin/daybefore

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin daybefore \
    && install --directory --owner daybefore --mode 0750 /data
COPY --from=build /usr/local/bin/daybefore /usr/local/bin/daybefore
ENV DAYBEFORE_DATABASE__URL=sqlite:/data/daybefore.db \
    DAYBEFORE_SERVER__LISTEN=0.0.0.0:8080
USER daybefore
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s --start-period=20s CMD ["daybefore", "health"]
ENTRYPOINT ["daybefore"]
CMD ["serve"]
