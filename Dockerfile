# syntax=docker/dockerfile:1
# SpellTable's server in a container: the Debian package, made by Tools/package and installed into a bare Debian.
#   docker build --tag spelltable .
#   docker run --detach --name table --publish 8010:8010 --volume spelltable:/var/lib/spelltable spelltable
#   docker exec -it table spell-replay log
# docs/installing.md tells more. Both stages are of one Debian release: the programs need its libraries.

FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends \
        liblz4-dev libxxhash-dev libarchive-dev pkg-config libcurl4-openssl-dev dpkg-dev binutils \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Package.resolved is there where somebody built before; the same libraries are taken then.
COPY Package.swift Package.resolve[d] ./
COPY Sources Sources
COPY Tests Tests
COPY docs docs
COPY Tools Tools
RUN --mount=type=cache,target=/src/.build Tools/package --output /package

FROM debian:bookworm-slim
COPY --from=build /package /package
# The package brings the libraries that the programs need, their user, its folders and the settings.
RUN apt-get update && apt-get install --yes --no-install-recommends /package/spelltable_*.deb \
    && rm -rf /var/lib/apt/lists/* /package
USER spelltable
WORKDIR /var/lib/spelltable
VOLUME /var/lib/spelltable
EXPOSE 8010
# Docker keeps what the server prints; files of logs would grow unseen in the container.
ENV SPELLTABLE_LOGS=none
STOPSIGNAL SIGTERM
# A bare Debian has no curl; bash opens the connection itself. A table that refuses changes is unhealthy, too.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8010 && printf 'GET /ready HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 4 line <&3 && [[ $line == 'HTTP/1.1 200 '* ]]"]
ENTRYPOINT ["spell-server", "--config", "/etc/spelltable/spelltable.yaml"]
