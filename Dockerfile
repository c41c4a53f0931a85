# One image for every role: `web SERVICE`, `worker SERVICE`, `migrate`, … are arguments of the one command line.
#
#   docker build -t yuanban:0.1.0 --build-arg REVISION=$(git rev-parse HEAD) .
#
# The base is pinned by its version. To pin it by digest as well, ask for the digest
# (`docker buildx imagetools inspect docker.io/library/python:3.11.15-slim-bookworm`) and build with
# `--build-arg PYTHON_IMAGE=docker.io/library/python:3.11.15-slim-bookworm@sha256:…`.
ARG PYTHON_IMAGE=docker.io/library/python:3.11.15-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1
WORKDIR /src
# What others wrote comes first: this layer changes with the lock only. Wheels alone, so no compiler is needed;
# the environment has no pip of its own, so none gets into the image.
COPY requirements.lock ./
RUN python -m venv --without-pip /opt/yuanban \
    && pip --python /opt/yuanban/bin/python install --require-hashes --only-binary :all: -r requirements.lock
# Our own: the build hook fetches styles, scripts, icons and fonts by package-lock.json, compiles the
# translations and compresses what browsers load.
COPY . .
RUN pip wheel --no-deps --wheel-dir /wheels . \
    && pip --python /opt/yuanban/bin/python install --no-deps /wheels/yuanban-*.whl

FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Yuanban 园办" \
      org.opencontainers.image.description="The one-stop service platform of a digital industrial park" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# A user without a shell, named by number where it matters: Kubernetes proves "not root" by the number only.
# Uploaded materials go to /var/lib/yuanban; a new volume mounted there takes over its owner.
RUN groupadd --gid 10001 yuanban \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin yuanban \
    && install --directory --owner 10001 --group 10001 --mode 0700 /var/lib/yuanban /var/lib/yuanban/blobs
# Owned by root: what runs cannot change itself.
COPY --from=build /opt/yuanban /opt/yuanban
ENV PATH="/opt/yuanban/bin:${PATH}" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    YUANBAN_BIND=0.0.0.0 \
    YUANBAN_DATA_DIR=/var/lib/yuanban \
    YUANBAN_LOG_FORMAT=json
# Not the folder of data: Python would import what somebody managed to put there.
WORKDIR /opt/yuanban
USER 10001:10001
# Pages and API; operators, where YUANBAN_METRICS_PORT says 9000.
EXPOSE 8000 9000
# No init is needed: `web` becomes gunicorn, which waits for its children, and every role answers SIGTERM.
ENTRYPOINT ["yuanban"]
CMD ["--help"]
