/* Which doors a controller has, and which readers are at them: Door Control 5.2 (GetDoorInfoList)
 * and Access Control 5.2 (GetAccessPointInfoList), as of Profiles C and A. Lists come in parts. */
#include "base/json.h"
#include "sense/onvif/priv.h"

#include <string.h>

/* What this and the other list call themselves. */
static const struct {
	const char *answer, *item;
} lists[] = {{"GetDoorInfoListResponse", "DoorInfo"},
	{"GetAccessPointInfoListResponse", "AccessPointInfo"}};

/* By its type, a name that may have a prefix; what says none is a door's. */
static bool is_at_door(struct ward_str type)
{
	size_t colon = ward_str_find(type, WARD_STR(":"));

	return !type.len ||
	       ward_str_eqz(
		       colon == SIZE_MAX ? type : ward_str_sub(type, colon + 1, type.len), "Door");
}

/* A list that was begun anew says first what is told already. */
static void take(struct ward_onvif *o, uint32_t e, bool reader)
{
	const struct ward_xmldoc *x = &o->xml;
	struct ward_onvif_door d = {.reader = reader,
		.token = ward_xmldoc_attr(x, e, "token"),
		.name = ward_xmldoc_text(x, e, "Name"),
		.description = ward_xmldoc_text(x, e, "Description"),
		.from = ward_xmldoc_text(x, e, "AreaFrom"),
		.to = ward_xmldoc_text(x, e, "AreaTo")};

	if (o->n_listed++ < o->n_told)
		return;
	o->n_told = o->n_listed;
	if (!d.token.len || d.token.len >= ONVIF_TOKEN) {
		ward_count_name(o->opts.counters, "onvif.odd.door", 1);
		return;
	}
	if (reader && is_at_door(ward_xmldoc_text(x, e, "EntityType")))
		d.door = ward_xmldoc_text(x, e, "Entity");
	if (o->opts.sink.door)
		o->opts.sink.door(o->opts.sink.ctx, &d);
}

enum ward_err onvif_door_answer(struct ward_onvif *o)
{
	const struct ward_xmldoc *x = &o->xml;
	bool reader = o->ask == WARD_SOAP_READERS;
	uint32_t top = ward_xmldoc_find(x, 0, lists[reader].answer);
	struct ward_str next = ward_xmldoc_text(x, top, "NextStartReference");

	for (uint32_t e = ward_xmldoc_child(x, top, lists[reader].item); e != WARD_NONE;
		e = ward_xmldoc_next(x, e, lists[reader].item))
		take(o, e, reader);
	if (next.len) {
		if (!onvif_copy(o->reference, sizeof(o->reference), next))
			return onvif_foreign(o, "its list of doors goes on nowhere");
		return ++o->n_search < ONVIF_SEARCHES
			       ? WARD_OK
			       : onvif_foreign(o, "its list of doors does not end");
	}
	o->reference[0] = 0;
	o->n_search = 0;
	o->done = reader || !o->access[0];
	o->ask = WARD_SOAP_READERS;
	return WARD_OK;
}

void ward_onvif_door_json(
	const struct ward_onvif_door *d, struct ward_str source, struct ward_wr *w)
{
	const struct {
		const char *key;
		struct ward_str text;
	} texts[] = {{"name", d->name}, {"description", d->description}, {"door", d->door},
		{"from", d->from}, {"to", d->to}};
	const char *kind = d->reader ? "reader" : "door";
	char text[ONVIF_KEY];
	struct ward_wr key = ward_wr_fixed(text, sizeof(text));
	struct ward_json j = ward_json_on(w);

	ward_wr_printf(&key, "%s:%.*s/%.*s", kind, WARD_STR_ARG(source), WARD_STR_ARG(d->token));
	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", kind);
	ward_json_put_str(&j, "token", d->token);
	if (!ward_wr_bad(&key))
		ward_json_put_str(&j, "key", ward_wr_text(&key));
	for (size_t i = 0; i < WARD_ARRAY_LEN(texts); i++)
		if (texts[i].text.len)
			ward_json_put_str(&j, texts[i].key, texts[i].text);
	ward_json_obj_end(&j);
}
