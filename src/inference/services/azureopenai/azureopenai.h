#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Azure OpenAI's embeddings: POST /openai/deployments/{deployment_id}/embeddings, with a key or a token of Microsoft Entra.
extern const Vendor kAzureOpenAiVendor;

}  // namespace selene::inference
