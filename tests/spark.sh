#!/bin/sh
# pyspark and dbt-spark for the Spark tests: in CI, or when asked to, where there is a Java.
# Elsewhere nothing is installed, and the test that needs them says aloud that it was left out.
# Usage: sh tests/spark.sh BIN [install]
set -u
bin=$1
if ! command -v java >/dev/null 2>&1 && [ -z "${JAVA_HOME:-}" ]; then
  echo "SPARK LEFT OUT: there is no Java here (17 or newer)." >&2
  exit 0
fi
if "$bin/python" -c "import dbt.adapters.spark, pyspark" >/dev/null 2>&1; then
  exit 0
fi
if [ "${CI:-}" != "true" ] && [ "${2:-}" != "install" ]; then
  echo "SPARK LEFT OUT: pyspark is not installed (make spark installs it)." >&2
  exit 0
fi
echo "Installing pyspark ..." >&2
"$bin/uv" pip install --quiet --python "$bin/python" --require-hashes -r requirements-spark.lock \
  || echo "SPARK LEFT OUT: pyspark could not be installed." >&2
exit 0
