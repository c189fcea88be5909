# The studio in the browser. It asks the engine for everything, so it holds no audio libraries.
ARG PYTHON_IMAGE=python:3.11-slim

# What goes again: tests, headers, Arrow's ways to other machines, widgets for notebooks.
FROM ${PYTHON_IMAGE} AS packages
RUN python -m venv --without-pip /opt/venv
COPY requirements/frontend.txt /tmp/requirements.txt
RUN python -m pip --python /opt/venv/bin/python install --no-cache-dir \
        --disable-pip-version-check -r /tmp/requirements.txt \
    && find /opt/venv -type d -name tests -prune -exec rm -rf {} + \
    && find /opt/venv -name '*.pyi' -delete \
    && cd /opt/venv/lib/python3.11/site-packages \
    && rm -rf pyarrow/include pyarrow/src pyarrow/includes pyarrow/*.pxi pyarrow/*.pyx \
        pyarrow/libarrow_flight.so* pyarrow/libarrow_python_flight.so* pyarrow/_flight.*.so \
        pyarrow/libarrow_s3.so* pyarrow/_s3fs.*.so pydeck/nbextension/static \
    && /opt/venv/bin/python -c "import pandas, pyarrow.parquet, pydeck, streamlit"

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    BACKEND_URL=http://backend:8000
RUN groupadd --gid 1000 studio \
    && useradd --uid 1000 --gid 1000 --no-create-home --home-dir /tmp studio
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY .streamlit .streamlit
COPY app.py app.py
COPY pages pages
COPY src/__init__.py src/__init__.py
COPY src/ui src/ui
RUN python -m compileall -q app.py pages src
USER 1000:1000
EXPOSE 8501
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 CMD ["python", "-S", "-E", "-c", "import socket; s = socket.create_connection(('127.0.0.1', 8501), 4); s.sendall(b'GET /_stcore/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n'); raise SystemExit(b' 200 ' not in s.recv(64))"]
CMD ["python", "-m", "src.ui.serve", "--host", "0.0.0.0"]
