# certdesk as one image: nothing compiled here, nothing run as root, everything byte-compiled.
#   docker build -t certdesk .

FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/certdesk
COPY requirements.lock /src/
RUN /opt/certdesk/bin/pip install --quiet --require-hashes -r /src/requirements.lock
COPY . /src
RUN /opt/certdesk/bin/pip install --quiet --no-deps --no-build-isolation --no-index /src

FROM python:3.13-slim-bookworm
ENV PATH=/opt/certdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin certdesk
COPY --from=build /opt/certdesk /opt/certdesk
USER certdesk
WORKDIR /data
VOLUME /data
# Inside a container the pages must listen beyond loopback; the rest is given by certdesk.toml or the environment.
ENV CERTDESK_DATA_DIR=/data \
    CERTDESK_DATABASE__URL=sqlite:////data/certdesk.db \
    CERTDESK_SECURITY__KEY_FILE=/data/certdesk.key \
    CERTDESK_WEB__LISTEN=0.0.0.0:8080
EXPOSE 8080
# SIGTERM drains and stops within 10 s
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["certdesk"]
CMD ["run"]
