"""LiteLLM's rerank call in each of the shapes it knows."""

import os

import pytest

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it would fetch a list of prices
import litellm  # noqa: E402

DOCUMENTS = ["Bread needs flour.", "The moon is 384,400 km away from the Earth.", "Rivers reach the sea."]
QUERY = "how far is the moon"
# provider -> path of the base URL that people configure for it
PROVIDERS = {"cohere": "/v2/rerank", "jina_ai": "/v1/rerank", "hosted_vllm": "", "infinity": "", "huggingface": ""}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_reranks(url, provider):
    # Its reader of Infinity's answers takes documents as bare strings only; ours are objects, as all others want them.
    more = {"return_documents": False} if provider == "infinity" else {}
    answer = litellm.rerank(model=f"{provider}/any-model", query=QUERY, documents=DOCUMENTS, top_n=2, api_base=url + PROVIDERS[provider], api_key="anything", **more)
    assert answer.results[0]["index"] == 1 and len(answer.results) == 2
    assert 0.5 < answer.results[0]["relevance_score"] <= 1
