/* What the device answers. ONVIF Core (device and event services), Media, Media2. */
#include "sense/onvif/priv.h"

#include <stdio.h>
#include <string.h>

static const ward_ns lease_min = 10 * WARD_NS_PER_S, lease_max = 3600 * WARD_NS_PER_S;

enum ward_err onvif_foreign(struct ward_onvif *o, const char *why)
{
	(void)snprintf(o->why, sizeof(o->why), "%s", why);
	return WARD_ERR_FOREIGN;
}

bool onvif_copy(char *to, size_t cap, struct ward_str s)
{
	if (s.len >= cap || (s.len && memchr(s.p, 0, s.len)))
		return false;
	memcpy(to, s.p ? s.p : "", s.len);
	to[s.len] = 0;
	return true;
}

bool onvif_path(struct ward_str address, char ret[WARD_ONVIF_PATH])
{
	struct ward_str path = ward_str_trim(address);
	size_t at = ward_str_find(path, WARD_STR("://"));

	if (at != SIZE_MAX) {
		path = ward_str_sub(path, at + 3, path.len);
		at = 0;
		while (at < path.len && path.p[at] != '/')
			at++;
		path = ward_str_sub(path, at, path.len);
	}
	if (!path.len)
		path = WARD_STR("/");
	/* it goes into the first line of a request */
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || path.p[i] == '"' || path.p[i] == '\\')
			return false;
	return path.p[0] == '/' && onvif_copy(ret, WARD_ONVIF_PATH, path);
}

static bool number(const struct ward_xmldoc *x, uint32_t e, const char *child, int *ret)
{
	uint64_t n;

	if (!ward_str_u64(ward_xmldoc_text(x, e, child), &n) || n > 9999)
		return false;
	*ret = (int)n;
	return true;
}

static enum ward_err clock_answer(struct ward_onvif *o, ward_ns wall)
{
	const struct ward_xmldoc *x = &o->xml;
	uint32_t utc = ward_xmldoc_find(x, 0, "UTCDateTime"),
		 time = ward_xmldoc_child(x, utc, "Time"), date = ward_xmldoc_child(x, utc, "Date");
	int year, month, day, hour, minute, second;
	ward_ns theirs;

	o->ask = WARD_SOAP_SERVICES;
	/* one that does not say is taken to be right */
	o->ahead = 0;
	o->clock_known = number(x, date, "Year", &year) && number(x, date, "Month", &month) &&
			 number(x, date, "Day", &day) && number(x, time, "Hour", &hour) &&
			 number(x, time, "Minute", &minute) && number(x, time, "Second", &second) &&
			 month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 &&
			 minute < 60 && second < 61 &&
			 ward_time_civil(year, month, day, hour * 3600 + minute * 60 + second, 0,
				 &theirs) == WARD_OK &&
			 ward_sub(theirs, wall, &o->ahead);
	if (!o->clock_known) {
		o->ahead = 0;
		ward_count_name(o->opts.counters, "onvif.odd.clock", 1);
	}
	o->place.ahead = o->ahead;
	return WARD_OK;
}

static enum ward_err begin_work(struct ward_onvif *o)
{
	switch (o->opts.what) {
	case WARD_ONVIF_STREAMS:
		if (!o->media[0])
			return onvif_foreign(o, "it has no media service");
		o->ask = o->media2 ? WARD_SOAP_PROFILES2 : WARD_SOAP_PROFILES;
		return WARD_OK;
	case WARD_ONVIF_RECORDINGS:
		if (!o->search[0])
			return onvif_foreign(o, "it has no search of recordings (Profile G)");
		o->ask = WARD_SOAP_SEARCH;
		return WARD_OK;
	case WARD_ONVIF_DOORS:
		if (!o->doors[0] && !o->access[0])
			return onvif_foreign(o, "it has no list of doors (Profile C or A)");
		o->reference[0] = 0;
		o->n_search = 0;
		o->n_listed = 0;
		o->ask = o->doors[0] ? WARD_SOAP_DOORS : WARD_SOAP_READERS;
		return WARD_OK;
	case WARD_ONVIF_EVENTS:
		break;
	}
	if (!o->events[0])
		return onvif_foreign(o, "it has no event service");
	o->ask = WARD_SOAP_SUBSCRIBE;
	return WARD_OK;
}

/* The services of which only the path counts. */
static void take_service(struct ward_onvif *o, struct ward_str ns, struct ward_str at)
{
	const struct {
		const char *ns;
		char *path;
	} of[] = {{"http://www.onvif.org/ver10/events/wsdl", o->events},
		{"http://www.onvif.org/ver10/search/wsdl", o->search},
		{"http://www.onvif.org/ver10/replay/wsdl", o->replay},
		{"http://www.onvif.org/ver10/doorcontrol/wsdl", o->doors},
		{"http://www.onvif.org/ver10/accesscontrol/wsdl", o->access}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
		if (ward_str_eqz(ns, of[i].ns))
			(void)onvif_path(at, of[i].path);
}

static enum ward_err services_answer(struct ward_onvif *o)
{
	const struct ward_xmldoc *x = &o->xml;
	uint32_t top = ward_xmldoc_find(x, 0, "GetServicesResponse");

	o->events[0] = o->media[0] = o->search[0] = o->replay[0] = o->doors[0] = o->access[0] = 0;
	o->media2 = false;
	for (uint32_t s = ward_xmldoc_child(x, top, "Service"); s != WARD_NONE;
		s = ward_xmldoc_next(x, s, "Service")) {
		struct ward_str ns = ward_xmldoc_text(x, s, "Namespace"),
				at = ward_xmldoc_text(x, s, "XAddr");

		if (ward_str_eqz(ns, "http://www.onvif.org/ver20/media/wsdl"))
			o->media2 = onvif_path(at, o->media) || o->media2;
		else if (ward_str_eqz(ns, "http://www.onvif.org/ver10/media/wsdl") && !o->media2)
			(void)onvif_path(at, o->media);
		else
			take_service(o, ns, at);
	}
	return begin_work(o);
}

/* Devices from before GetServices. */
static enum ward_err capabilities_answer(struct ward_onvif *o)
{
	const struct ward_xmldoc *x = &o->xml;
	uint32_t top = ward_xmldoc_find(x, 0, "Capabilities");

	(void)onvif_path(
		ward_xmldoc_text(x, ward_xmldoc_child(x, top, "Events"), "XAddr"), o->events);
	(void)onvif_path(
		ward_xmldoc_text(x, ward_xmldoc_child(x, top, "Media"), "XAddr"), o->media);
	for (size_t i = 0; i < 2; i++) {
		uint32_t at = ward_xmldoc_find(x, top, i ? "Replay" : "Search");

		if (at != WARD_NONE)
			(void)onvif_path(
				ward_xmldoc_text(x, at, "XAddr"), i ? o->replay : o->search);
	}
	if (ward_xmldoc_child(x, top, "Events") == WARD_NONE)
		o->events[0] = 0;
	if (ward_xmldoc_child(x, top, "Media") == WARD_NONE)
		o->media[0] = 0;
	return begin_work(o);
}

/* By the device's own clock, from its answer on. */
static void take_lease(struct ward_onvif *o, uint32_t top, ward_ns mono)
{
	const struct ward_xmldoc *x = &o->xml;
	ward_ns now, end, length = ONVIF_LEASE_S * WARD_NS_PER_S;

	if (ward_time_parse(ward_xmldoc_text(x, top, "CurrentTime"), &now) == WARD_OK &&
		ward_time_parse(ward_xmldoc_text(x, top, "TerminationTime"), &end) == WARD_OK &&
		ward_sub(end, now, &length)) {
		length = length < lease_min ? lease_min : length > lease_max ? lease_max : length;
	}
	o->point.begin = mono;
	o->point.end = mono + length;
}

static void take_refs(struct ward_onvif *o, uint32_t refs)
{
	const struct ward_xmldoc *x = &o->xml;
	struct onvif_pull_point *p = &o->point;

	for (uint32_t e = refs == WARD_NONE ? WARD_NONE : x->elem[refs].child; e != WARD_NONE;
		e = x->elem[e].next) {
		const struct ward_xmldoc_elem *el = &x->elem[e];

		if (p->n_ref == WARD_SOAP_REFS || el->child != WARD_NONE ||
			!onvif_copy(p->ref_ns[p->n_ref], ONVIF_REF, el->ns) ||
			!onvif_copy(p->ref_name[p->n_ref], ONVIF_REF, el->name) ||
			!onvif_copy(p->ref_text[p->n_ref], ONVIF_REF, el->text)) {
			ward_count_name(o->opts.counters, "onvif.odd.reference", 1);
			continue;
		}
		p->n_ref++;
	}
}

static enum ward_err subscribe_answer(struct ward_onvif *o, ward_ns mono)
{
	const struct ward_xmldoc *x = &o->xml;
	uint32_t top = ward_xmldoc_find(x, 0, "CreatePullPointSubscriptionResponse"),
		 at = ward_xmldoc_child(x, top, "SubscriptionReference");
	struct ward_str address = ward_xmldoc_text(x, at, "Address");

	o->point = (struct onvif_pull_point){.n_ref = 0};
	if (!address.len || !onvif_path(address, o->point.path) ||
		!onvif_copy(o->point.to, sizeof(o->point.to), address))
		return onvif_foreign(o, "its pull point has no address");
	take_refs(o, ward_xmldoc_child(x, at, "ReferenceParameters"));
	take_lease(o, top, mono);
	ward_count_name(o->opts.counters, "onvif.subscribed", 1);
	o->ask = WARD_SOAP_PULL;
	return WARD_OK;
}

enum ward_err onvif_take_message(struct ward_onvif *o, uint32_t m, ward_ns wall)
{
	struct ward_event e;
	enum ward_err err;

	ward_arena_reset(&o->event_arena);
	err = ward_onvif_message(&o->place, &o->xml, m, wall, &o->event_arena, &e);
	if (err == WARD_ERR_MALFORMED)
		return WARD_OK; /* counted */
	ward_count_name(o->opts.counters, "onvif.messages", 1);
	return err ? err : o->opts.sink.event(o->opts.sink.ctx, &e);
}

static enum ward_err pull_answer(struct ward_onvif *o, ward_ns mono, ward_ns wall)
{
	const struct ward_xmldoc *x = &o->xml;
	uint32_t top = ward_xmldoc_find(x, 0, "PullMessagesResponse");
	enum ward_err err = WARD_OK;
	size_t n = 0;

	for (uint32_t m = ward_xmldoc_child(x, top, "NotificationMessage"); m != WARD_NONE && !err;
		m = ward_xmldoc_next(x, m, "NotificationMessage"), n++)
		err = onvif_take_message(o, m, wall);
	o->empty = n ? 0 : o->empty + 1;
	o->n_late = 0;
	/* many renew by this already; then the answer says so */
	if (o->no_renew)
		take_lease(o, top, mono);
	return err;
}

static enum ward_err renew_answer(struct ward_onvif *o, ward_ns mono)
{
	take_lease(o, ward_xmldoc_find(&o->xml, 0, "RenewResponse"), mono);
	o->ask = WARD_SOAP_PULL;
	return WARD_OK;
}

enum ward_err onvif_answer(struct ward_onvif *o, ward_ns mono, ward_ns wall)
{
	static const char *const expected[] = {[WARD_SOAP_CLOCK] = "GetSystemDateAndTimeResponse",
		[WARD_SOAP_SERVICES] = "GetServicesResponse",
		[WARD_SOAP_CAPABILITIES] = "GetCapabilitiesResponse",
		[WARD_SOAP_PROFILES] = "GetProfilesResponse",
		[WARD_SOAP_PROFILES2] = "GetProfilesResponse",
		[WARD_SOAP_STREAM] = "GetStreamUriResponse",
		[WARD_SOAP_STREAM2] = "GetStreamUriResponse",
		[WARD_SOAP_SEARCH] = "FindRecordingsResponse",
		[WARD_SOAP_RESULTS] = "GetRecordingSearchResultsResponse",
		[WARD_SOAP_REPLAY] = "GetReplayUriResponse",
		[WARD_SOAP_DOORS] = "GetDoorInfoListResponse",
		[WARD_SOAP_READERS] = "GetAccessPointInfoListResponse",
		[WARD_SOAP_SUBSCRIBE] = "CreatePullPointSubscriptionResponse",
		[WARD_SOAP_PULL] = "PullMessagesResponse",
		[WARD_SOAP_RENEW] = "RenewResponse",
		[WARD_SOAP_UNSUBSCRIBE] = "UnsubscribeResponse"};

	if (ward_xmldoc_find(&o->xml, 0, expected[o->ask]) == WARD_NONE)
		return onvif_foreign(o, "it answers something else than it was asked");
	o->serves = o->serves || o->ask >= WARD_SOAP_PROFILES;
	switch (o->ask) {
	case WARD_SOAP_CLOCK:
		return clock_answer(o, wall);
	case WARD_SOAP_SERVICES:
		return services_answer(o);
	case WARD_SOAP_CAPABILITIES:
		return capabilities_answer(o);
	case WARD_SOAP_PROFILES:
	case WARD_SOAP_PROFILES2:
	case WARD_SOAP_STREAM:
	case WARD_SOAP_STREAM2:
		return onvif_media_answer(o);
	case WARD_SOAP_SEARCH:
	case WARD_SOAP_RESULTS:
	case WARD_SOAP_REPLAY:
		return onvif_recording_answer(o);
	case WARD_SOAP_DOORS:
	case WARD_SOAP_READERS:
		return onvif_door_answer(o);
	case WARD_SOAP_SUBSCRIBE:
		return subscribe_answer(o, mono);
	case WARD_SOAP_PULL:
		return pull_answer(o, mono, wall);
	case WARD_SOAP_RENEW:
		return renew_answer(o, mono);
	case WARD_SOAP_UNSUBSCRIBE:
	case WARD_SOAP_N:
		break;
	}
	o->done = true;
	return WARD_OK;
}
