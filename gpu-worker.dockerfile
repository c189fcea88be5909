# A worker that makes music with ACE-Step 1.5; see docs/generation.md. torch's wheel brings its own
# CUDA, so that the host needs NVIDIA's driver and container toolkit and nothing else.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS packages
RUN python -m venv --without-pip /opt/venv
# Empty: torch as the package index has it, for NVIDIA GPUs. Another build of it: its index's URL.
ARG TORCH_INDEX_URL=
RUN python -m pip --python /opt/venv/bin/python install --no-cache-dir \
        --disable-pip-version-check ${TORCH_INDEX_URL:+--index-url} ${TORCH_INDEX_URL} torch==2.13.0
COPY requirements/backend.txt requirements/scale.txt requirements/gpu.txt /tmp/requirements/
RUN python -m pip --python /opt/venv/bin/python install --no-cache-dir \
        --disable-pip-version-check -r /tmp/requirements/scale.txt -r /tmp/requirements/gpu.txt

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
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
RUN python -m compileall -q src
USER 1000:1000
# It is well while it says that it is there.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 CMD ["python", "-S", "-E", "-c", "import glob, os, socket, time; said = glob.glob('/data/processed_database/gpu_workers/' + socket.gethostname() + '-*.json'); raise SystemExit(not any(time.time() - os.path.getmtime(one) < 30 for one in said))"]
CMD ["celery", "-A", "src.workers.celery_app", "worker", "-Q", "gpu", "--concurrency=1", "--loglevel", "WARNING"]
