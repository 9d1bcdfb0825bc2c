#include "app/http/v1_routes.h"

#include "app/http/v1_details.h"
#include "app/http/v1_search.h"
#include "app/http/v1_views.h"

namespace reticle::app {
namespace {

using Answer = Response (*)(const Request&, const LiveState&, Now);

StrandHandler with_time(Live& live, Answer answer) {
    return [&live, answer](const Request& request, const LiveState& state) {
        return answer(request, state, live.now());
    };
}

}  // namespace

void register_v1_routes(Router& router, Live& live) {
    router.add(Method::get, "/api/v1/views", with_time(live, v1_views))
        .add(Method::get, "/api/v1/views/{view}", with_time(live, v1_view))
        .add(Method::get, "/api/v1/nodes/{id}", with_time(live, v1_node))
        .add(Method::get, "/api/v1/edges/{id}", with_time(live, v1_edge))
        .add(Method::get, "/api/v1/search", with_time(live, v1_search))
        .add(Method::get, "/api/v1/probes", with_time(live, v1_probes));
}

}  // namespace reticle::app
