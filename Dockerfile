FROM python:3.13-slim-trixie AS build
RUN pip install --no-cache-dir "uv>=0.9,<1"
WORKDIR /pilah
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN uv venv /opt/pilah
ENV VIRTUAL_ENV=/opt/pilah
# Apart from the rest, since they change less often.
COPY pyproject.toml ./
RUN uv pip install --no-cache --all-extras -r pyproject.toml
COPY . .
RUN uv pip install --no-cache --no-deps .

FROM python:3.13-slim-trixie
RUN useradd --system --create-home --uid 10001 pilah && install -d -o pilah -m 700 /data
COPY --from=build /opt/pilah /opt/pilah
ENV PATH=/opt/pilah/bin:$PATH PILAH_DATA=/data PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER pilah
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=2)"]
ENTRYPOINT ["pilah"]
CMD ["serve", "--host", "0.0.0.0"]
