# The engine: API, analysis, rendering. Built by docker-compose.yml; see docs/deploy.md.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS packages
RUN python -m venv --without-pip /opt/venv
# "scale" adds what workers outside the API need; see docs/scale.md
ARG REQUIREMENTS=backend
COPY requirements/${REQUIREMENTS}.txt /tmp/requirements.txt
RUN python -m pip --python /opt/venv/bin/python install --no-cache-dir \
        --disable-pip-version-check -r /tmp/requirements.txt \
    && find /opt/venv -type d -name tests -prune -exec rm -rf {} + \
    && find /opt/venv -name '*.pyi' -delete

FROM ${PYTHON_IMAGE}
# "ffmpeg": Debian's, which reads m4a, WMA and what else libsndfile lacks (450 MB, under the GPL;
# docs/decisions/0011-ffmpeg-in-the-image.md).
ARG SECOND_DECODER=none
RUN if [ "${SECOND_DECODER}" = ffmpeg ]; then \
        apt-get update \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ffmpeg \
        && rm -rf /var/lib/apt/lists/*; \
    fi
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    HOST=0.0.0.0 \
    PORT=8000 \
    RAW_DIR=/data/raw_construction_kits \
    PROCESSED_DIR=/data/processed_database \
    TRACKS_DIR=/data/generated_tracks \
    OUTPUT_DIR=/data/generated_audio \
    MODELS_DIR=/data/models
RUN groupadd --gid 1000 engine \
    && useradd --uid 1000 --gid 1000 --no-create-home --home-dir /tmp engine \
    && mkdir -p /data/raw_construction_kits /data/processed_database \
        /data/generated_tracks /data/generated_audio /data/models \
    && chown -R 1000:1000 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY src src
COPY presets presets
# modules and data files are compiled here, since nothing may be written later
RUN python -m compileall -q src \
    && python -c "from src.words.vocabulary import vocabulary; from src.words.timeline_words import timeline_words; from src.music.genre.grammar_files import GENRES, genre_data; vocabulary(), timeline_words(), [genre_data(one) for one in GENRES]"
USER 1000:1000
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 CMD ["python", "-S", "-E", "-c", "import socket; s = socket.create_connection(('127.0.0.1', 8000), 4); s.sendall(b'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n'); raise SystemExit(b' 200 ' not in s.recv(64))"]
CMD ["python", "-m", "src.cli", "serve"]
