/* What a recorder holds: ONVIF Recording Search 5.4 (FindRecordings, GetRecordingSearchResults) and
 * Replay Control 5.3 (GetReplayUri), as of Profile G. */
#include "base/json.h"
#include "sense/onvif/priv.h"

#include <string.h>

static enum ward_err search_answer(struct ward_onvif *o)
{
	uint32_t top = ward_xmldoc_find(&o->xml, 0, "FindRecordingsResponse");

	o->n_recording = o->i_recording = o->n_search = 0;
	if (!onvif_copy(o->search_token, sizeof(o->search_token),
		    ward_xmldoc_text(&o->xml, top, "SearchToken")) ||
		!o->search_token[0])
		return onvif_foreign(o, "its search has no token");
	o->ask = WARD_SOAP_RESULTS;
	return WARD_OK;
}

/* A time by its clock, as one by ours, which is not known more finely than seconds. */
static bool time_of(const struct ward_onvif *o, uint32_t e, const char *child, ward_ns *ret)
{
	ward_ns t;

	if (ward_time_parse(ward_xmldoc_text(&o->xml, e, child), &t) != WARD_OK ||
		!ward_sub(t, o->ahead, &t))
		return false;
	*ret = t - t % WARD_NS_PER_S;
	return true;
}

/* Its tracks with pictures say best from when to when there are some. */
static bool span_of(const struct ward_onvif *o, uint32_t info, struct onvif_recording *r)
{
	const struct ward_xmldoc *x = &o->xml;
	bool any = false;
	ward_ns from, to;

	for (uint32_t t = ward_xmldoc_child(x, info, "Track"); t != WARD_NONE;
		t = ward_xmldoc_next(x, t, "Track")) {
		if (!ward_str_eqz(ward_xmldoc_text(x, t, "TrackType"), "Video") ||
			!time_of(o, t, "DataFrom", &from) || !time_of(o, t, "DataTo", &to))
			continue;
		r->from = any && r->from < from ? r->from : from;
		r->to = any && r->to > to ? r->to : to;
		any = true;
	}
	return any || (time_of(o, info, "EarliestRecording", &r->from) &&
			      time_of(o, info, "LatestRecording", &r->to));
}

static void take(struct ward_onvif *o, uint32_t info)
{
	const struct ward_xmldoc *x = &o->xml;
	uint32_t source = ward_xmldoc_child(x, info, "Source");
	struct onvif_recording *r = &o->recording[o->n_recording];

	if (o->n_recording == ONVIF_RECORDINGS) {
		ward_count_name(o->opts.counters, "onvif.odd.recordings", 1);
		return;
	}
	*r = (struct onvif_recording){
		.lasts = ward_str_eqz(ward_xmldoc_text(x, info, "RecordingStatus"), "Recording")};
	if (!onvif_copy(r->token, sizeof(r->token), ward_xmldoc_text(x, info, "RecordingToken")) ||
		!r->token[0] ||
		!onvif_copy(
			r->source, sizeof(r->source), ward_xmldoc_text(x, source, "SourceId")) ||
		!onvif_copy(r->name, sizeof(r->name), ward_xmldoc_text(x, source, "Name")) ||
		!onvif_copy(r->location, sizeof(r->location),
			ward_xmldoc_text(x, source, "Location")) ||
		!span_of(o, info, r) || r->from > r->to) {
		ward_count_name(o->opts.counters, "onvif.odd.recording", 1);
		return;
	}
	o->n_recording++;
}

static void give(struct ward_onvif *o, const struct onvif_recording *r, struct ward_str uri)
{
	struct ward_onvif_recording told = {.token = ward_str_z(r->token),
		.source = ward_str_z(r->source),
		.name = ward_str_z(r->name),
		.location = ward_str_z(r->location),
		.from = r->from,
		.to = r->to,
		.lasts = r->lasts,
		.uri = uri};

	if (o->opts.sink.recording)
		o->opts.sink.recording(o->opts.sink.ctx, &told);
}

/* All are known: each is asked where it is replayed, if the recorder has that service. */
static void found(struct ward_onvif *o)
{
	o->ask = WARD_SOAP_REPLAY;
	for (size_t i = 0; !o->replay[0] && i < o->n_recording; i++)
		give(o, &o->recording[i], (struct ward_str){NULL, 0});
	o->done = !o->replay[0] || !o->n_recording;
}

static enum ward_err results_answer(struct ward_onvif *o)
{
	const struct ward_xmldoc *x = &o->xml;
	uint32_t top = ward_xmldoc_find(x, 0, "GetRecordingSearchResultsResponse"),
		 list = ward_xmldoc_find(x, top, "ResultList");
	struct ward_str state = ward_xmldoc_text(x, list, "SearchState");

	if (list == WARD_NONE)
		return onvif_foreign(o, "its search has no results");
	for (uint32_t i = ward_xmldoc_child(x, list, "RecordingInformation"); i != WARD_NONE;
		i = ward_xmldoc_next(x, i, "RecordingInformation"))
		take(o, i);
	if (ward_str_eqz(state, "Queued") || ward_str_eqz(state, "Searching"))
		return ++o->n_search < ONVIF_SEARCHES ? WARD_OK
						      : onvif_foreign(o, "its search does not end");
	found(o);
	return WARD_OK;
}

static enum ward_err replay_answer(struct ward_onvif *o)
{
	uint32_t top = ward_xmldoc_find(&o->xml, 0, "GetReplayUriResponse");

	give(o, &o->recording[o->i_recording++], ward_xmldoc_text(&o->xml, top, "Uri"));
	o->done = o->i_recording == o->n_recording;
	return WARD_OK;
}

enum ward_err onvif_recording_answer(struct ward_onvif *o)
{
	return o->ask == WARD_SOAP_SEARCH    ? search_answer(o)
	       : o->ask == WARD_SOAP_RESULTS ? results_answer(o)
					     : replay_answer(o);
}

void ward_onvif_recording_json(const struct ward_onvif_recording *r, struct ward_wr *w)
{
	const struct {
		const char *key;
		struct ward_str text;
	} texts[] = {{"source", r->source}, {"name", r->name}, {"location", r->location},
		{"uri", r->uri}};
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "recording");
	ward_json_put_str(&j, "recording", r->token);
	for (size_t i = 0; i < WARD_ARRAY_LEN(texts); i++)
		if (texts[i].text.len)
			ward_json_put_str(&j, texts[i].key, texts[i].text);
	ward_json_put_time(&j, "from", r->from);
	ward_json_put_time(&j, "to", r->to);
	ward_json_put_bool(&j, "lasts", r->lasts);
	ward_json_obj_end(&j);
}
