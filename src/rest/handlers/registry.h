#pragma once

#include "rest/handlers/services.h"
#include "rest/router.h"

namespace selene::rest {

/// A router with every handler of the table in registry.cpp. `services` must outlive it.
Router make_router(const Services& services);

}  // namespace selene::rest
