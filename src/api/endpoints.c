/* All endpoints that the room answers: what each demands, and what it knows. */
#include "api/priv.h"

#define P(name) (1u << API_##name)

/* Of those that are signed in; without a right that is enough. */
#define NEEDS(r) .right = WARD_RIGHT_##r

const struct api_endpoint api_endpoint[] = {
	{{"GET", "/api/v1/now", "what is open, by harm to care", NEEDS(SEE_INCIDENTS), false}, 0,
		API_BY_ROW, api_now},
	{{"GET", "/api/v1/incidents", "incidents, the latest first", NEEDS(SEE_INCIDENTS), false},
		P(STATE_IS) | P(LEVEL) | P(Q) | P(AFTER) | P(LIMIT), API_BY_ROW, api_incidents},
	{{"GET", "/api/v1/runs", "runs of playbooks, and what they ask for", NEEDS(SEE_INCIDENTS),
		 false},
		0, API_BY_ROW, api_runs},
	{{"GET", "/api/v1/actions", "actions on the hospital", NEEDS(SEE_INCIDENTS), false}, 0,
		API_BY_ROW, api_actions},
};
const size_t api_n_endpoint = WARD_ARRAY_LEN(api_endpoint);

bool ward_api_at(size_t i, struct ward_api_about *ret)
{
	if (i >= api_n_endpoint)
		return false;
	*ret = api_endpoint[i].is;
	return true;
}
