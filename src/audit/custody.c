#include "audit/custody.h"

enum { PART_BYTES = 64 << 20 };

static struct ward_wr *part(struct ward_custody *c, size_t i)
{
	struct ward_wr *const all[] = {&c->entity, &c->activity, &c->agent, &c->used, &c->made,
		&c->associated, &c->derived, &c->erased};

	return i < WARD_ARRAY_LEN(all) ? all[i] : NULL;
}

void ward_custody_init(struct ward_custody *c)
{
	c->n = 0;
	for (size_t i = 0; part(c, i); i++)
		*part(c, i) = ward_wr_grow(ward_mem_heap(), PART_BYTES);
}

void ward_custody_fini(struct ward_custody *c)
{
	for (size_t i = 0; part(c, i); i++)
		ward_wr_fini(part(c, i));
}

/* The text of a member of the row's object, as it is written there, its escapes too. */
static struct ward_str text_of(struct ward_str json, const char *key)
{
	char name[32];
	struct ward_wr w = ward_wr_fixed(name, sizeof(name));

	ward_wr_printf(&w, "\"%s\":\"", key);
	size_t at = ward_str_find(json, ward_wr_text(&w)), end;

	if (at >= json.len)
		return WARD_STR("");
	struct ward_str s = ward_str_sub(json, at + w.len, json.len);

	for (end = 0; end < s.len && s.p[end] != '"'; end++)
		end += s.p[end] == '\\';
	return ward_str_sub(s, 0, end);
}

/* "KEY":{ … one more member of a part. */
static void begin(struct ward_wr *w, const char *prefix, struct ward_str id)
{
	ward_wr_printf(w, "%s\"%s%.*s\":{", w->len ? "," : "", prefix, WARD_STR_ARG(id));
}

static void put(struct ward_wr *w, const char *key, struct ward_str text)
{
	if (!text.len)
		return;
	ward_wr_printf(w, "%s\"%s\":\"", w->p[w->len - 1] == '{' ? "" : ",", key);
	ward_wr_str(w, text);
	ward_wr_ch(w, '"');
}

static void put_prefixed(
	struct ward_wr *w, const char *key, const char *prefix, struct ward_str text)
{
	ward_wr_printf(w, "%s\"%s\":\"%s", w->p[w->len - 1] == '{' ? "" : ",", key, prefix);
	ward_wr_str(w, text);
	ward_wr_ch(w, '"');
}

static void end(struct ward_wr *w)
{
	ward_wr_ch(w, '}');
}

static struct ward_str number(char buf[24], uint64_t n)
{
	struct ward_wr w = ward_wr_fixed(buf, 24);

	ward_wr_u64(&w, n);
	return ward_wr_text(&w);
}

/* "_:rN": relations have no names of their own. */
static void relate(struct ward_wr *w, struct ward_str row, const char *from_key,
	const char *from_prefix, struct ward_str from)
{
	begin(w, "_:r", row);
	put_prefixed(w, from_key, from_prefix, from);
}

static void captured(
	struct ward_custody *c, struct ward_str json, struct ward_str row, struct ward_str time)
{
	struct ward_str id = text_of(json, "id"), camera = text_of(json, "camera");
	bool photo = !camera.len, file = ward_str_eqz(text_of(json, "kind"), "file");

	begin(&c->entity, "ward:evidence/", id);
	put(&c->entity, "prov:type",
		file    ? WARD_STR("ward:SuspiciousFile")
		: photo ? WARD_STR("ward:Photo")
			: WARD_STR("ward:Clip"));
	put(&c->entity, "ward:sha256", text_of(json, "sha256"));
	put(&c->entity, "ward:expires", text_of(json, "expires"));
	end(&c->entity);
	begin(&c->activity, "ward:row/", row);
	put(&c->activity, "prov:type", WARD_STR("ward:Capture"));
	put(&c->activity, "prov:startTime", text_of(json, "from"));
	put(&c->activity, "prov:endTime", time);
	end(&c->activity);
	relate(&c->made, row, "prov:entity", "ward:evidence/", id);
	put_prefixed(&c->made, "prov:activity", "ward:row/", row);
	put(&c->made, "prov:time", time);
	end(&c->made);
	relate(&c->associated, row, "prov:activity", "ward:row/", row);
	put_prefixed(&c->associated, "prov:agent", "ward:agent/", row);
	end(&c->associated);
	begin(&c->agent, "ward:agent/", row);
	put(&c->agent, "prov:type", WARD_STR("prov:SoftwareAgent"));
	put(&c->agent, "ward:is",
		file    ? WARD_STR("who looks at files")
		: photo ? WARD_STR("a report")
			: camera);
	end(&c->agent);
}

/* What is erased is invalidated (PROV-DM 5.1.8), and no other activity may come after. */
static void touched(struct ward_custody *c, struct ward_str json, struct ward_str row,
	struct ward_str time, bool erased)
{
	struct ward_str who = text_of(json, "who");
	struct ward_wr *to = erased ? &c->erased : &c->used;

	begin(&c->activity, "ward:row/", row);
	put(&c->activity, "prov:type", erased ? WARD_STR("ward:Erasure") : WARD_STR("ward:Look"));
	put(&c->activity, "prov:startTime", time);
	put(&c->activity, "prov:endTime", time);
	put(&c->activity, "ward:why", text_of(json, "why"));
	end(&c->activity);
	relate(to, row, "prov:activity", "ward:row/", row);
	put_prefixed(to, "prov:entity", "ward:evidence/", text_of(json, "id"));
	put(to, "prov:time", time);
	end(to);
	if (!who.len)
		return;
	begin(&c->agent, "ward:agent/", row);
	put(&c->agent, "ward:is", who);
	put(&c->agent, "ward:role", text_of(json, "role"));
	put(&c->agent, "prov:type", WARD_STR("prov:Person"));
	end(&c->agent);
	relate(&c->associated, row, "prov:activity", "ward:row/", row);
	put_prefixed(&c->associated, "prov:agent", "ward:agent/", row);
	end(&c->associated);
}

void ward_custody_row(struct ward_custody *c, const struct ward_store_row *r)
{
	char buf[24], when[40];
	struct ward_wr w = ward_wr_fixed(when, sizeof(when));

	if (r->kind != WARD_ROW_CLIP || !r->json.p)
		return;
	struct ward_str act = text_of(r->json, "act"), row = number(buf, r->row);

	ward_time_write(&w, r->time);
	if (ward_str_eqz(act, "written"))
		captured(c, r->json, row, ward_wr_text(&w));
	else if (ward_str_eqz(act, "read"))
		touched(c, r->json, row, ward_wr_text(&w), false);
	else if (ward_str_eqz(act, "erased"))
		touched(c, r->json, row, ward_wr_text(&w), true);
	c->n++;
}

void ward_custody_file(
	struct ward_custody *c, const char *name, const uint8_t sha256[32], struct ward_id of)
{
	static const struct ward_id none;
	char hex[64], id[WARD_ID_TEXT];
	struct ward_wr h = ward_wr_fixed(hex, sizeof(hex));
	struct ward_str file = ward_str_z(name);

	ward_wr_hex(&h, ward_slice_of(sha256, 32));
	begin(&c->entity, "ward:file/", file);
	put(&c->entity, "prov:type", WARD_STR("ward:File"));
	put(&c->entity, "ward:sha256", ward_wr_text(&h));
	end(&c->entity);
	begin(&c->made, "_:f", file);
	put_prefixed(&c->made, "prov:entity", "ward:file/", file);
	put(&c->made, "prov:activity", WARD_STR("ward:export"));
	end(&c->made);
	if (ward_id_eq(of, none))
		return;
	ward_id_text(of, id);
	begin(&c->derived, "_:f", file);
	put_prefixed(&c->derived, "prov:generatedEntity", "ward:file/", file);
	put_prefixed(&c->derived, "prov:usedEntity", "ward:evidence/", ward_str_z(id));
	end(&c->derived);
}

static void put_export(struct ward_custody *c, const struct ward_custody_export *x)
{
	char when[40], id[WARD_ID_TEXT];
	struct ward_wr t = ward_wr_fixed(when, sizeof(when));
	struct ward_json j = ward_json_on(&c->activity);

	ward_time_write(&t, x->at);
	ward_id_text(x->incident, id);
	ward_wr_z(&c->activity, c->activity.len ? ",\"ward:export\":" : "\"ward:export\":");
	ward_json_obj(&j);
	ward_json_key(&j, "prov:type");
	ward_json_z(&j, "ward:Export");
	ward_json_key(&j, "prov:startTime");
	ward_json_str(&j, ward_wr_text(&t));
	ward_json_key(&j, "prov:endTime");
	ward_json_str(&j, ward_wr_text(&t));
	ward_json_key(&j, "ward:incident");
	ward_json_z(&j, id);
	ward_json_key(&j, "ward:why");
	ward_json_str(&j, x->why);
	ward_json_obj_end(&j);
	j = ward_json_on(&c->agent);
	ward_wr_z(&c->agent, c->agent.len ? ",\"ward:exporter\":" : "\"ward:exporter\":");
	ward_json_obj(&j);
	ward_json_key(&j, "prov:type");
	ward_json_z(&j, "prov:Person");
	ward_json_key(&j, "ward:is");
	ward_json_str(&j, x->who);
	ward_json_obj_end(&j);
	begin(&c->associated, "_:", WARD_STR("export"));
	put(&c->associated, "prov:activity", WARD_STR("ward:export"));
	put(&c->associated, "prov:agent", WARD_STR("ward:exporter"));
	end(&c->associated);
}

enum ward_err ward_custody_write(
	struct ward_custody *c, const struct ward_custody_export *x, struct ward_wr *w)
{
	static const char *const name[] = {"entity", "activity", "agent", "used", "wasGeneratedBy",
		"wasAssociatedWith", "wasDerivedFrom", "wasInvalidatedBy"};
	bool bad = false;

	put_export(c, x);
	ward_wr_z(w, "{\"prefix\":{\"prov\":\"http://www.w3.org/ns/prov#\","
		     "\"ward\":\"urn:ward:\"}");
	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		bad |= ward_wr_bad(part(c, i));
		ward_wr_printf(w, ",\n\"%s\":{", name[i]);
		ward_wr_str(w, ward_wr_text(part(c, i)));
		ward_wr_z(w, "}");
	}
	ward_wr_z(w, "}\n");
	return bad || ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK;
}
