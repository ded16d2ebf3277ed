# The server in an image, and the application beside it in compose.yaml: docs/deployment.md.
#   docker build -t cerberus-server .
#   docker build -t cerberus-server:alpine --build-arg BASE=alpine .
ARG NODE=24
# What they run on: any variant of the node image, of glibc or musl.
ARG BASE=bookworm-slim

FROM node:${NODE}-bookworm-slim AS source
ENV npm_config_store_dir=/pnpm
WORKDIR /src
COPY . .

# The compiler runs on glibc whatever the base is; only the database's binary is for another C library.
FROM source AS server-files
ARG BASE
RUN --mount=type=cache,target=/pnpm \
    case "${BASE}" in *alpine*) libc=musl ;; *) libc=glibc ;; esac \
    && node scripts/image.mjs server /app --libc "${libc}"

FROM source AS express-files
RUN --mount=type=cache,target=/pnpm node scripts/image.mjs express /app

FROM node:${NODE}-${BASE} AS express
COPY --from=express-files /app /app
ENV NODE_ENV=production
USER 1000:1000
WORKDIR /app
EXPOSE 3000
CMD ["node", "--import", "./instrumentation.mjs", "app.mjs"]

FROM node:${NODE}-${BASE} AS server
LABEL org.opencontainers.image.title="Cerberus server" \
      org.opencontainers.image.description="Receives, stores and serves Cerberus request events" \
      org.opencontainers.image.source="https://github.com/cerberus-otel/cerberus-otel-js" \
      org.opencontainers.image.licenses="MIT"
COPY --from=server-files /app /app
RUN ln -s /app/node_modules/.bin/cerberus-server /usr/local/bin/cerberus-server \
    && mkdir /data \
    && chown 1000:1000 /data
ENV NODE_ENV=production \
    CERBERUS_SERVER_HOST=0.0.0.0 \
    CERBERUS_SERVER_DB=/data/cerberus.duckdb
# A number, for Kubernetes cannot tell whether a name is root's. It is the user `node` of the base.
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["cerberus-server", "health"]
ENTRYPOINT ["cerberus-server"]
