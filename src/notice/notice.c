#include "notice/priv.h"

#include "story/zone.h"

enum { ARENA = 8 << 20 };

static const char *const name[] = {"sign", "text", "dpia", "ethics", "register", "works"};

const char *ward_notice_name(enum ward_notice_kind k)
{
	WARD_ASSERT((unsigned)k < WARD_NOTICE_N);
	return name[k];
}

enum ward_notice_kind ward_notice_parse(struct ward_str s)
{
	unsigned k = 0;

	while (k < WARD_NOTICE_N && !ward_str_eqz(s, name[k]))
		k++;
	return (enum ward_notice_kind)k;
}

/* ---- what documents share ---- */

void notice_put(struct notice_job *j, enum ward_doc_kind kind, const char *english)
{
	ward_doc_put(&j->x->doc, kind, notice_say(j, english));
}

void notice_put_written(struct notice_job *j, enum ward_doc_kind kind)
{
	if (ward_wr_bad(&j->w))
		j->x->doc.err = WARD_ERR_NOMEM;
	else
		ward_doc_put(&j->x->doc, kind, ward_wr_text(&j->w));
	ward_wr_reset(&j->w);
}

void notice_gap(struct notice_job *j, struct ward_str text)
{
	struct ward_str own = ward_arena_str(&j->x->arena, text);

	for (size_t i = 0; i < j->x->n_gap; i++)
		if (ward_str_eq(j->x->gap[i], text))
			return;
	if (!own.p)
		j->x->doc.err = WARD_ERR_NOMEM;
	else if (j->x->n_gap < WARD_NOTICE_GAPS)
		j->x->gap[j->x->n_gap++] = own;
}

void notice_line(struct notice_job *j, const char *what, struct ward_str text)
{
	if (!text.len)
		return;
	WARD_SAY(&j->w, j->q->lang, WARD_TEXT("{what}: {is}"), {"what", notice_say(j, what)},
		{"is", text});
	notice_put_written(j, WARD_DOC_TEXT);
}

void notice_fact(struct notice_job *j, const char *what, struct ward_str text)
{
	if (text.len) {
		notice_line(j, what, text);
		return;
	}
	WARD_SAY(&j->w, j->q->lang, WARD_TEXT("{what}: {is}"), {"what", notice_say(j, what)},
		{"is", notice_say(j, WARD_TEXT("[missing]"))});
	notice_put_written(j, WARD_DOC_STRONG);
	notice_gap(j, notice_say(j, what));
}

void notice_day(struct ward_wr *w, struct ward_lang *lang, ward_ns t)
{
	const struct ward_day day = ward_zone_day(t);

	ward_say_day(w, lang, &day);
}

struct ward_str notice_agreement(const struct ward_proc_verdict *v)
{
	return v->agreement ? ward_proc_ref(v->agreement) : WARD_STR("");
}

const struct ward_notice_sign *notice_sign_of(const struct notice_job *j, const char *country)
{
	for (size_t i = 0; i < j->q->c->n_sign; i++)
		if (ward_str_eqz(j->q->c->sign[i].country, country))
			return &j->q->c->sign[i];
	return NULL;
}

/* ---- all of it ---- */

enum ward_err ward_notice_make(
	enum ward_notice_kind kind, const struct ward_notice_ask *ask, struct ward_notice *ret)
{
	static enum ward_err (*const make[])(struct notice_job *) = {notice_sign, notice_text,
		notice_dpia, notice_ethics, notice_register, notice_works};
	struct notice_job j = {
		.q = ask, .x = ret, .w = ward_wr_grow(ward_mem_heap(), 16 * NOTICE_TEXT)};

	*ret = (struct ward_notice){.kind = kind};
	ward_arena_init(&ret->arena, ward_mem_heap(), ARENA);
	ward_doc_init(&ret->doc, ward_lang_code(ask->lang));
	enum ward_err err = make[kind](&j);

	ward_doc_end(&ret->doc,
		notice_say(&j, WARD_TEXT("There is more, for which there was no room.")));
	ward_wr_fini(&j.w);
	return err ? err : ret->doc.err;
}

void ward_notice_fini(struct ward_notice *x)
{
	ward_doc_fini(&x->doc);
	ward_arena_fini(&x->arena);
}

/* ---- JSON ---- */

static void put_list(struct ward_json *j, const char *key, const struct ward_str *s, size_t n)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	for (size_t i = 0; i < n; i++)
		ward_json_str(j, s[i]);
	ward_json_arr_end(j);
}

void ward_notice_blocks(const struct ward_doc *doc, struct ward_json *j)
{
	static const char *const block[] = {
		"mark", "title", "heading", "text", "strong", "item", "head", "row"};

	ward_json_arr(j);
	for (size_t i = 1; i < doc->n; i++) {
		const struct ward_doc_block *b = &doc->block[i];

		ward_json_obj(j);
		ward_json_put_str(j, "is", ward_str_z(block[b->kind]));
		put_list(j, "text", b->cell, b->n);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

void ward_notice_json(const struct ward_notice *x, struct ward_json *j)
{
	ward_json_put_str(j, "kind", ward_str_z(ward_notice_name(x->kind)));
	ward_json_put_str(j, "title", x->doc.n ? x->doc.block[0].cell[0] : WARD_STR(""));
	ward_json_put_str(j, "lang", x->doc.lang);
	ward_json_put_str(j, "digest", ward_str_z(x->digest));
	ward_json_key(j, "open");
	ward_json_bool(j, x->open);
	put_list(j, "gaps", x->gap, x->n_gap);
	put_list(j, "moved", x->moved, x->n_moved);
	put_list(j, "kept", x->kept, x->n_kept);
	ward_json_key(j, "blocks");
	ward_notice_blocks(&x->doc, j);
}
