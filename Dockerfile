# The bot as an image: a builder that installs and builds, and a final stage that only runs.
#
# Debian's slim image, because every locked dependency has a wheel for its C library and
# nothing is compiled here; Python 3.13, the newest of the two versions that CI runs.
FROM python:3.13-slim AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source

# Dependencies first: this layer is made anew only when the lock changes.
COPY requirements/runtime.txt requirements/
RUN python -m venv /opt/venv \
 && /opt/venv/bin/python -m pip install --only-binary :all: --require-hashes -r requirements/runtime.txt

# The build backend and what it stands on, with the hashes of the development lock. Should
# it come to need another package, pip refuses the unpinned one and the build stops here.
COPY requirements/dev.txt requirements/
RUN awk '/^[a-z]/ { wanted = /^(hatchling|packaging|pathspec|pluggy|tomlkit|trove-classifiers)==/ } wanted' \
      requirements/dev.txt > requirements/build.txt \
 && python -m venv /opt/build \
 && /opt/build/bin/python -m pip install --only-binary :all: --require-hashes -r requirements/build.txt

COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
RUN /opt/build/bin/python -m hatchling build -t wheel -d /opt/wheel \
 && /opt/venv/bin/python -m pip install --no-deps --no-index /opt/wheel/*.whl \
 && /opt/venv/bin/python -m pip uninstall --yes pip


FROM python:3.13-slim

# Only PostgreSQL's backups need more than Python: compose.postgres.yaml asks for its client tools.
ARG SYSTEM_PACKAGES=""
RUN if [ -n "$SYSTEM_PACKAGES" ]; then \
      apt-get update \
      && apt-get install --yes --no-install-recommends $SYSTEM_PACKAGES \
      && rm -rf /var/lib/apt/lists/*; \
    fi

# The number is fixed, so that files in the volume keep their owner over every rebuild.
RUN groupadd --gid 10001 grok \
 && useradd --uid 10001 --gid grok --home-dir /app --no-create-home --shell /usr/sbin/nologin grok \
 && install -d -o grok -g grok /app/data

COPY --from=builder /opt/venv /opt/venv

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

# Charts: matplotlib keeps its list of fonts. The file system is read-only but for the volume and /tmp.
ENV MPLCONFIGDIR=/tmp/matplotlib

WORKDIR /app
USER 10001:10001
VOLUME /app/data

# Two minutes to connect and to take up old jobs; then three bad answers in a row.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 \
  CMD ["grok-bot", "health"]

# Exec form: SIGTERM reaches the bot itself, which then puts its work down in order.
ENTRYPOINT ["grok-bot"]
CMD ["run"]
