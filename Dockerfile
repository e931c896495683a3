# docker build -t vigie .
# On an intranet: docker build --build-arg PIP_INDEX_URL=https://mirror.example/simple -t vigie .

FROM python:3.12-slim AS packages
# Only defined when given on the command line.
ARG PIP_INDEX_URL
WORKDIR /build
COPY pyproject.toml uv.lock ./
RUN python -m venv /opt/vigie \
    && pip install --no-cache-dir uv==0.13.9 \
    && uv export --quiet --frozen --no-emit-project --no-header --no-dev --output-file runtime.txt \
    && /opt/vigie/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement runtime.txt

FROM python:3.12-slim
# Pango lays out the PDF reports.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/vigie/var --shell /usr/sbin/nologin vigie
WORKDIR /srv/vigie
COPY --from=packages /opt/vigie /opt/vigie
COPY main.py pyproject.toml LICENSE ./
COPY data data
COPY services services
COPY ui ui
# The only place where Vigie writes.
RUN install --directory --owner vigie --group vigie --mode 700 var
VOLUME /srv/vigie/var
USER vigie

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NICEGUI_STORAGE_PATH=/srv/vigie/var/nicegui \
    VIGIE_HOST=0.0.0.0 \
    VIGIE_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/opt/vigie/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['VIGIE_PORT']}/healthz\", timeout=4)"]

# Every command of `main.py --help` works: docker run vigie migrate
ENTRYPOINT ["/opt/vigie/bin/python", "main.py"]
