#include "search/request/scroll.h"

namespace selene::search {

base::Result<std::unique_ptr<ScrollState>> ScrollState::create(const SearchCall& call) {
  auto state = std::make_unique<ScrollState>();
  state->call = call;
  state->call.body = nullptr;
  if (call.body != nullptr && call.body->root().exists()) {
    state->text = call.body->text_of(call.body->root());
    RETURN_IF_ERROR(state->body.reparse(state->text));
    state->call.body = &state->body;
  }
  ASSIGN_OR_RETURN(state->request, parse_search_request(state->call));
  return state;
}

}  // namespace selene::search
