/* All endpoints that the room answers: what each demands, and what it knows. */
#include "api/priv.h"

#define P(name) (1u << API_##name)

/* The right N: it is enough to be signed in. */
const struct api_endpoint api_endpoint[] = {
	{{"GET", "/api/v1/now", "what is open, by harm to care", WARD_RIGHT_SEE_INCIDENTS, false},
		0, API_BY_ROW, api_now},
	{{"GET", "/api/v1/incidents", "incidents, the latest first", WARD_RIGHT_SEE_INCIDENTS,
		 false},
		P(STATE_IS) | P(LEVEL) | P(Q) | P(AFTER) | P(LIMIT), API_BY_ROW, api_incidents},
	{{"GET", "/api/v1/incidents/{id}",
		 "all that is on record of an incident, and what can be decided",
		 WARD_RIGHT_SEE_INCIDENTS, false},
		0, API_BY_ROW, api_report},
	{{"GET", "/api/v1/incidents/{id}/graph", "what follows from it, laid out as a graph",
		 WARD_RIGHT_SEE_INCIDENTS, false},
		0, API_BY_ROW, api_graph},
	{{"GET", "/api/v1/incidents/{id}/abilities", "what can be proposed about it",
		 WARD_RIGHT_PROPOSE, false},
		0, API_BY_ROW, api_abilities},
	{{"GET", "/api/v1/incidents/{id}/tuning", "what of its signs could be held back",
		 WARD_RIGHT_TUNE, false},
		0, API_BY_ROW, api_tuning},
	{{"GET", "/api/v1/filters", "signs that are held back, and until when",
		 WARD_RIGHT_SEE_INCIDENTS, false},
		0, API_BY_ROW, api_filters},
	{{"GET", "/api/v1/detections", "signs of all that was seen, the latest first",
		 WARD_RIGHT_SEE_INCIDENTS, false},
		P(LEVEL) | P(Q) | P(RULE) | P(ASSET) | P(ROOM) | P(FLOOR) | P(SINCE) | P(UNTIL) |
			P(BEFORE) | P(SKIP) | P(LIMIT),
		API_BY_ROW, api_signs},
	{{"GET", "/api/v1/runs", "runs of playbooks, and what they ask for",
		 WARD_RIGHT_SEE_INCIDENTS, false},
		0, API_BY_ROW, api_runs},
	{{"GET", "/api/v1/actions", "actions on the hospital", WARD_RIGHT_SEE_INCIDENTS, false}, 0,
		API_BY_ROW, api_actions},
	{{"GET", "/api/v1/plans", "buildings and their floors", WARD_RIGHT_SEE_PLANS, false}, 0,
		API_FIXED, api_buildings},
	{{"GET", "/api/v1/plans/{floor}", "a floor: rooms, doors, things", WARD_RIGHT_SEE_PLANS,
		 false},
		0, API_FIXED, api_plan},
	{{"GET", "/api/v1/care", "what wards and services can do for patients", WARD_RIGHT_SEE_CARE,
		 false},
		0, API_BY_MINUTE, api_care},
	{{"GET", "/api/v1/care/have", "what others would be told of it, as EDXL-HAVE",
		 WARD_RIGHT_SEE_CARE, false},
		0, API_BY_MINUTE, api_have},
	{{"GET", "/api/v1/assets", "the inventory", WARD_RIGHT_SEE_ASSETS, false},
		P(Q) | P(CLASS) | P(ROOM) | P(FLOOR) | P(AFTER) | P(LIMIT), API_FIXED, api_assets},
	{{"GET", "/api/v1/assets/{id}", "one thing, and what hangs on it", WARD_RIGHT_SEE_ASSETS,
		 false},
		0, API_BY_ROW, api_asset},
	{{"GET", "/api/v1/assets/{id}/risk",
		 "how much risk a device is, why, and what would lower it", WARD_RIGHT_SEE_ASSETS,
		 false},
		0, API_FIXED, api_risk},
	{{"GET", "/api/v1/paths", "how a service could be attacked, and the best measures",
		 WARD_RIGHT_SEE_PATHS, false},
		P(SERVICE) | P(BUDGET), API_FIXED, api_paths},
	{{"GET", "/api/v1/what-if", "what is left with measures taken, or without things that fail",
		 WARD_RIGHT_SEE_PATHS, false},
		P(SERVICE) | P(MEASURES) | P(FAILS), API_FIXED, api_what_if},
	{{"GET", "/api/v1/model/score", "how complete the directory is, and what to ask next",
		 WARD_RIGHT_SEE_ASSETS, false},
		0, API_FIXED, api_score},
	{{"GET", "/api/v1/search", "what is called so, of all that may be seen", WARD_RIGHT_N,
		 false},
		P(Q), API_BY_ROW, api_search},
	{{"GET", "/api/v1/model", "roles, services and places, to pick from", WARD_RIGHT_SEE_PLANS,
		 false},
		0, API_FIXED, api_model},
	{{"GET", "/api/v1/crisis", "the crisis cell: level, tasks, decisions, who was called in",
		 WARD_RIGHT_N, false},
		0, API_BY_MINUTE, api_crisis},
	{{"GET", "/api/v1/crisis/situation-report",
		 "facts, forecast, decisions, tasks and the order of recovery, as data and as text",
		 WARD_RIGHT_SEE_INCIDENTS, false},
		0, API_BY_MINUTE, api_situation},
	{{"GET", "/api/v1/openapi.json", "this interface, as OpenAPI 3.1", WARD_RIGHT_N, true}, 0,
		API_FIXED, api_openapi},
};
const size_t api_n_endpoint = WARD_ARRAY_LEN(api_endpoint);

bool ward_api_at(size_t i, struct ward_api_about *ret)
{
	if (i >= api_n_endpoint)
		return false;
	*ret = api_endpoint[i].is;
	return true;
}
