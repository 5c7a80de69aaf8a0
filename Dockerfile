FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /pilah
COPY . .
RUN uv venv /opt/pilah && uv pip install --python /opt/pilah/bin/python --no-cache .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 pilah && install -d -o pilah /data
COPY --from=build /opt/pilah /opt/pilah
ENV PATH=/opt/pilah/bin:$PATH PILAH_DATA=/data PYTHONUNBUFFERED=1
USER pilah
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=2)"]
ENTRYPOINT ["pilah"]
CMD ["serve", "--host", "0.0.0.0"]
