# Two stages: the first builds the environment, the second carries only what runs.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements/runtime.txt requirements/runtime.txt
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --create-home pledgewatch \
    && install -d -o pledgewatch -g pledgewatch /data /app/static
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static
WORKDIR /app
COPY --from=build /venv /venv
COPY manage.py ./
COPY config config
COPY tracker tracker
COPY commitments commitments
# What every new version of the linker is judged by.
COPY tests/labelled/unseen tests/labelled/unseen
RUN DATABASE_URL=sqlite:////tmp/build.sqlite3 DATA_DIR=/tmp/build python manage.py collectstatic --noinput \
    && rm -rf /tmp/build /tmp/build.sqlite3
USER 10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2"]
