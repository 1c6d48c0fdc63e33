//! `index DOCS FOLDER` and `query QUERIES FOLDER OUT`: prints and writes what search_speed does.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::time::Instant;
use tantivy::collector::TopDocs;
use tantivy::indexer::NoMergePolicy;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::*;
use tantivy::tokenizer::WhitespaceTokenizer;
use tantivy::{Index, IndexWriter, Term};

const NUM_PASSES: usize = 4; // the first one warms up

fn folder_bytes(folder: &str) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn index(documents: &str, folder: &str) -> tantivy::Result<()> {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("ws").set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let body = schema.add_text_field("body", TextOptions::default().set_indexing_options(indexing));
    let id = schema.add_u64_field("id", FAST);
    fs::create_dir_all(folder).unwrap();
    let index = Index::create_in_dir(Path::new(folder), schema.build())?;
    index.tokenizers().register("ws", WhitespaceTokenizer::default());
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 256_000_000)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let mut num_docs = 0u64;
    for line in BufReader::with_capacity(1 << 20, fs::File::open(documents).unwrap()).lines() {
        let mut document = TantivyDocument::default();
        document.add_text(body, &line.unwrap());
        document.add_u64(id, num_docs);
        writer.add_document(document)?;
        num_docs += 1;
    }
    writer.commit()?;
    let seconds = start.elapsed().as_secs_f64();
    println!("index_s {:.2} cpu_s {:.2} docs_per_s {:.0} size {}", seconds, cpu_seconds() - cpu, num_docs as f64 / seconds, folder_bytes(folder));
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    println!("merge_s {:.2} cpu_s {:.2} size {}", start.elapsed().as_secs_f64(), cpu_seconds() - cpu, folder_bytes(folder));
    Ok(())
}

fn parse(kind: &str, text: &str, body: Field) -> Box<dyn Query> {
    let terms: Vec<Term> = text.split(' ').map(|word| Term::from_field_text(body, word)).collect();
    if kind.starts_with("phr") {
        return Box::new(PhraseQuery::new(terms));
    }
    let occur = if kind.starts_with("or") { Occur::Should } else { Occur::Must };
    let clause = |term| (occur, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>);
    Box::new(BooleanQuery::new(terms.into_iter().map(clause).collect()))
}

fn query(queries: &str, folder: &str, out: &str) -> tantivy::Result<()> {
    let index = Index::open_in_dir(Path::new(folder))?;
    index.tokenizers().register("ws", WhitespaceTokenizer::default());
    let body = index.schema().get_field("body")?;
    let searcher = index.reader()?.searcher();
    println!("segments {} docs {}", searcher.segment_readers().len(), searcher.num_docs());
    let lines = fs::read_to_string(queries).unwrap();
    let mut out = std::io::BufWriter::new(fs::File::create(out).unwrap());
    for pass in 0..NUM_PASSES {
        for k in [10usize, 100, 1000] {
            for line in lines.lines() {
                let (kind, text) = line.split_once('\t').unwrap();
                let start = Instant::now();
                let top = searcher.search(&*parse(kind, text, body), &TopDocs::with_limit(k).order_by_score())?;
                let us = start.elapsed().as_nanos() as f64 / 1e3;
                if pass > 0 && !top.is_empty() {
                    writeln!(out, "{}\t{}\t{:.1}\t{}\t{:.4}\t{:.4}", kind, k, us, top.len(), top[0].0, top[top.len() - 1].0).unwrap();
                }
            }
        }
    }
    Ok(())
}

fn main() -> tantivy::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[1..] {
        ["index", documents, folder] => index(documents, folder),
        ["query", queries, folder, out] => query(queries, folder, out),
        _ => panic!("usage: search_bench index DOCS FOLDER | query QUERIES FOLDER OUT"),
    }
}
