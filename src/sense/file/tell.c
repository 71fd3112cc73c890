#include "sense/file/tell.h"

#include "base/diag.h"

enum { DEPTH_MAX = 64, BRIEF = 24, BRIEF_BYTES = 64 << 10, PLACE = 1024 };

struct ward_str ward_inspected_say(struct ward_lang *lang, enum ward_inspected v)
{
	static const struct {
		const char *text;
	} said[WARD_INSPECTED_N] = {{WARD_TEXT("clean")}, {WARD_TEXT("to be noticed")},
		{WARD_TEXT("suspicious")}, {WARD_TEXT("malicious")}};

	return ward_lang_text(lang, ward_str_z(said[v].text));
}

void ward_inspect_say(
	struct ward_wr *w, struct ward_lang *lang, const struct ward_inspect_reason *r)
{
	/* What kinds and rules are called is said in the language, too; a name stays. */
	WARD_SAY(w, lang, ward_suspect_text(r->what), {"a", ward_lang_text(lang, r->a)},
		{"b", ward_lang_text(lang, r->b)});
}

void ward_inspect_place(struct ward_wr *w, const struct ward_inspect_report *r, uint32_t part)
{
	uint32_t way[DEPTH_MAX + 1];
	size_t n = 0;

	for (; part && n < WARD_ARRAY_LEN(way); part = r->part[part].parent)
		way[n++] = part;
	while (n) {
		const struct ward_inspect_part *p = &r->part[way[--n]];

		if (p->name.len)
			ward_wr_str(w, p->name);
		else
			ward_wr_printf(w, "(%s)", ward_kind_name(p->kind));
		if (n)
			ward_wr_z(w, " > ");
	}
}

static void put_hash(struct ward_json *j, const uint8_t *hash)
{
	char text[2 * WARD_INSPECT_HASH];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_hex(&w, ward_slice_of(hash, WARD_INSPECT_HASH));
	ward_json_put_str(j, "sha256", ward_wr_text(&w));
}

static void put_part(struct ward_json *j, const struct ward_inspect_part *p)
{
	ward_json_put_z(j, "identified", ward_kind_name(p->kind));
	ward_json_put_u64(j, "size", p->size);
	put_hash(j, p->sha256);
}

/* What is known of how a part is built, as a member "structure". *at: where the traits of this part
 * or of one behind it begin; it moves on. */
static void put_structure(
	struct ward_json *j, const struct ward_inspect_report *r, uint32_t part, size_t *at)
{
	size_t end = *at;

	while (end < r->n_trait && r->trait[end].part == part)
		end++;
	if (end == *at)
		return;
	ward_json_key(j, "structure");
	ward_json_obj(j);
	for (unsigned what = 0; what < WARD_TRAIT_N; what++) {
		size_t n = 0;

		for (size_t i = *at; i < end && (!n || ward_trait_many(what)); i++) {
			if (r->trait[i].what != what)
				continue;
			if (!n++)
				ward_json_key(j, ward_trait_name(what));
			if (n == 1 && ward_trait_many(what))
				ward_json_arr(j);
			ward_json_str(j, r->trait[i].text);
		}
		if (n && ward_trait_many(what))
			ward_json_arr_end(j);
	}
	ward_json_obj_end(j);
	*at = end;
}

static void put_members(
	struct ward_json *j, const struct ward_inspect_reason *s, struct ward_lang *lang)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);

	ward_json_put_z(j, "reason", ward_suspect_name(s->what));
	ward_json_put_u64(j, "weight", s->weight);
	ward_json_put_u64(j, "part", s->part);
	if (s->a.len)
		ward_json_put_str(j, "a", s->a);
	if (s->b.len)
		ward_json_put_str(j, "b", s->b);
	ward_inspect_say(&w, lang, s);
	ward_json_put_str(j, "text", ward_wr_text(&w));
	ward_wr_fini(&w);
}

static void put_reason(
	struct ward_json *j, const struct ward_inspect_reason *s, struct ward_lang *lang)
{
	ward_json_obj(j);
	put_members(j, s, lang);
	ward_json_obj_end(j);
}

/* Reasons, the heaviest first, as far as there is room. */
static void put_heaviest(
	struct ward_json *j, const struct ward_inspect_report *r, struct ward_lang *lang)
{
	size_t n = 0;

	for (unsigned weight = WARD_INSPECT_WEIGHT + 1; weight-- > 0;)
		for (size_t i = 0; i < r->n_reason && n < BRIEF && j->w->len < BRIEF_BYTES; i++) {
			const struct ward_inspect_reason *s = &r->reason[i];
			char place[PLACE];
			struct ward_wr w = ward_wr_fixed(place, sizeof(place));

			if (s->weight != weight)
				continue;
			n++;
			ward_json_obj(j);
			put_members(j, s, lang);
			ward_inspect_place(&w, r, s->part);
			if (!ward_wr_bad(&w) && w.len)
				ward_json_put_str(j, "place", ward_wr_text(&w));
			ward_json_obj_end(j);
		}
}

void ward_inspect_brief(
	struct ward_json *j, const struct ward_inspect_report *r, struct ward_lang *lang)
{
	ward_json_obj(j);
	ward_json_put_z(j, "verdict", ward_inspected_name(r->verdict));
	ward_json_put_str(j, "says", ward_inspected_say(lang, r->verdict));
	ward_json_put_u64(j, "score", r->score);
	put_part(j, &r->part[0]);
	ward_json_put_str(
		j, "kind", ward_lang_text(lang, ward_str_z(ward_kind_text(r->part[0].kind))));
	ward_json_put_z(j, "clamav", ward_clam_name(r->clam));
	ward_json_put_u64(j, "parts", r->n_part);
	ward_json_put_u64(j, "reasons_in_all", r->n_reason);
	ward_json_key(j, "reasons");
	ward_json_arr(j);
	put_heaviest(j, r, lang);
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

void ward_inspect_json(struct ward_json *j, struct ward_str file,
	const struct ward_inspect_report *r, struct ward_lang *lang)
{
	size_t trait = 0;

	ward_json_obj(j);
	ward_json_put_z(j, "kind", "inspected");
	ward_json_put_str(j, "file", file);
	ward_json_put_z(j, "verdict", ward_inspected_name(r->verdict));
	ward_json_put_u64(j, "score", r->score);
	put_part(j, &r->part[0]);
	if (r->coded)
		ward_json_put_u64(j, "encoded_size", r->coded);
	put_structure(j, r, 0, &trait);
	ward_json_put_z(j, "clamav", ward_clam_name(r->clam));
	ward_json_key(j, "reasons");
	ward_json_arr(j);
	for (size_t i = 0; i < r->n_reason; i++)
		put_reason(j, &r->reason[i], lang);
	ward_json_arr_end(j);
	ward_json_key(j, "parts");
	ward_json_arr(j);
	for (size_t i = 1; i < r->n_part; i++) {
		ward_json_obj(j);
		ward_json_put_u64(j, "part", i);
		ward_json_put_u64(j, "in", r->part[i].parent);
		ward_json_put_str(j, "name", r->part[i].name);
		put_part(j, &r->part[i]);
		put_structure(j, r, (uint32_t)i, &trait);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}
