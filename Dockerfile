# The image of a department's server. It holds what the lock names, by hashes, and nginx from Debian; the same commit
# gives the same packages. Give the base by its digest to have the same system, too:
#   docker build --build-arg BASE=python:3.11-slim-bookworm@sha256:... .
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends nginx-light \
 && rm -rf /var/lib/apt/lists/* /var/log/* /etc/nginx/sites-enabled
WORKDIR /app
COPY requirements.lock .
RUN python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY app.py serve.py ./
COPY pages pages
COPY ui ui
COPY core core
COPY hosting hosting
COPY static static
COPY sample_data sample_data
COPY .streamlit .streamlit
RUN python -m compileall -q . && useradd --uid 10001 --no-create-home cohortscope \
 && mkdir /audit && chown 10001:10001 /audit
ENV PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
USER 10001:10001
EXPOSE 8443
CMD ["python", "-m", "hosting.department"]
