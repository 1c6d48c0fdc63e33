#!/usr/bin/env python3
"""One peer of tools/bench_knn.py: builds an HNSW index over a folder's points with one thread and searches it. Prints what knn_speed prints.

    knn_peer.py hnswlib|faiss|usearch FOLDER M EF_CONSTRUCTION EF...
"""
import pathlib
import resource
import sys
import time

import numpy

WANTED = 10
PASSES = 3
ENOUGH = 0.997  # recall that ends a run


def resident_mb():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


def build_hnswlib(points, m, ef_construction):
    import hnswlib
    index = hnswlib.Index(space="cosine", dim=points.shape[1])
    index.init_index(max_elements=len(points), M=m, ef_construction=ef_construction, random_seed=1)
    index.set_num_threads(1)
    index.add_items(points, num_threads=1)

    def search(queries, ef):
        index.set_ef(max(ef, WANTED))
        return index.knn_query(queries, k=WANTED, num_threads=1)[0]
    return search


def build_faiss(points, m, ef_construction):
    import faiss
    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(points.shape[1], m, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = ef_construction
    index.add(points)

    def search(queries, ef):
        index.hnsw.efSearch = ef
        return index.search(queries, WANTED)[1]
    return search


def build_usearch(points, m, ef_construction):
    from usearch.index import Index
    index = Index(ndim=points.shape[1], metric="cos", dtype="f32", connectivity=m, expansion_add=ef_construction)
    index.add(numpy.arange(len(points)), points, threads=1)

    def search(queries, ef):
        index.expansion_search = ef
        return index.search(queries, WANTED, threads=1).keys
    return search


def main():
    name, folder, m, ef_construction = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    dims = int((folder / "dims").read_text(encoding="ascii"))
    points = numpy.fromfile(folder / "points.f32", dtype=numpy.float32).reshape(-1, dims)
    queries = numpy.fromfile(folder / "queries.f32", dtype=numpy.float32).reshape(-1, dims)
    truth = numpy.fromfile(folder / "truth.i32", dtype=numpy.int32).reshape(-1, WANTED)
    try:
        build = {"hnswlib": build_hnswlib, "faiss": build_faiss, "usearch": build_usearch}[name]
        before = resident_mb()
        start = time.process_time()
        search = build(points, m, ef_construction)
    except ImportError:
        print("not installed")
        return
    print(f"cpu_s {time.process_time() - start:.2f}")
    print(f"resident_mb {resident_mb() - before:.0f}")
    for ef in map(int, sys.argv[5:]):
        best = 1e9
        for attempt in range(PASSES + 1):
            start = time.perf_counter()
            found = search(queries, ef)
            took = time.perf_counter() - start
            best = min(best, took) if attempt else best
        hits = sum(len(set(map(int, row)) & set(map(int, wanted))) for row, wanted in zip(found, truth))
        print(f"ef {ef} recall {hits / truth.size:.4f} qps {len(queries) / best:.0f}", flush=True)
        if hits / truth.size > ENOUGH:
            break


if __name__ == "__main__":
    main()
