# Everything that `make run` and `make test` need, on an amd64 or an arm64 machine:
#
#   docker build -t pagoda . && docker run --rm -it -v "$PWD:/pagoda" pagoda make run
#
# The window stays closed in a container; the monitor and `screen tui` are in the terminal.
FROM debian:trixie-slim
COPY tools/setup tools/toolbox.sh /tmp/pagoda/tools/
RUN apt-get update && apt-get install -y --no-install-recommends make git ca-certificates && \
    /tmp/pagoda/tools/setup test && rm -rf /var/lib/apt/lists/* /tmp/pagoda
# A build folder that belongs to you, not to root.
ARG UID=1000
RUN useradd --create-home --uid $UID student
USER student
WORKDIR /pagoda
