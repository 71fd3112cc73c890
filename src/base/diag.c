#include "base/diag.h"

#include <stdio.h>
#include <stdlib.h>

enum { DIAG_MAX = 10000, DIAG_BYTES_MAX = 16 * 1024 * 1024 };

static const char *const level_name[] = {
	[WARD_DIAG_ERROR] = "error",
	[WARD_DIAG_WARNING] = "warning",
	[WARD_DIAG_NOTE] = "note",
};

void ward_diag_init(struct ward_diag *d, const struct ward_mem *mem)
{
	*d = (struct ward_diag){.max = DIAG_MAX};
	ward_arena_init(&d->arena, mem, DIAG_BYTES_MAX);
}

void ward_diag_fini(struct ward_diag *d)
{
	ward_mem_free(d->arena.mem, d->item, d->cap * sizeof(*d->item));
	ward_arena_fini(&d->arena);
	*d = (struct ward_diag){.max = d->max};
}

void ward_diag_add(struct ward_diag *d, enum ward_diag_level level, struct ward_str file,
	uint32_t line, struct ward_str what, struct ward_str mend)
{
	if (level == WARD_DIAG_ERROR)
		d->n_error++;
	if (level == WARD_DIAG_ERROR && d->error)
		d->error(d->error_ctx, file);
	if (level == WARD_DIAG_WARNING)
		d->n_warning++;
	if (ward_mem_more(d->arena.mem, &d->item, d->n, &d->cap, sizeof(*d->item), d->max)) {
		d->n_dropped++;
		return;
	}
	struct ward_diag_item it = {.level = level,
		.file = ward_arena_str(&d->arena, file),
		.line = line,
		.what = ward_arena_str(&d->arena, what),
		.mend = ward_arena_str(&d->arena, mend)};

	if (!it.file.p || !it.what.p || !it.mend.p)
		d->n_dropped++;
	else
		d->item[d->n++] = it;
}

/* ---- a format as a text with slots ---- */

enum {
	HALF = 8 /* slots of what, or of mend: as many as a translation may have (words/words.h) */
};

/* What a format becomes: "no room '%s'" is the text "no room '{a}'" and its slot. The mend's are m,
 * n, o …, so that its text is the same whatever stands before it. */
struct form {
	char text[1024];
	char said[1024]; /* what stands in the slots, one behind the other */
	struct ward_diag_slot slot[2 * HALF];
	size_t n_slot;
	struct ward_wr to, into;
	bool mends;
	size_t n[2];
};

static bool slot(struct form *f, struct ward_str says)
{
	static const char *const name[2][HALF] = {
		{"a", "b", "c", "d", "e", "f", "g", "h"}, {"m", "n", "o", "p", "q", "r", "s", "t"}};
	size_t from = f->into.len, k = f->n[f->mends]++;

	/* what holds an end of line may be both halves at once */
	if (k == HALF || ward_str_find(says, WARD_STR("\n")) != SIZE_MAX)
		return false;
	ward_wr_str(&f->into, says);
	f->slot[f->n_slot++] = (struct ward_diag_slot){
		name[f->mends][k], ward_str_sub(ward_wr_text(&f->into), from, f->into.len)};
	ward_wr_ch(&f->to, '{');
	ward_wr_z(&f->to, name[f->mends][k]);
	ward_wr_ch(&f->to, '}');
	return true;
}

/* One conversion, behind its '%'; NULL: it is of a kind that no text of people has. */
static const char *convert(struct form *f, const char *c, va_list *ap)
{
	char number[24];
	struct ward_wr w = ward_wr_fixed(number, sizeof(number));
	struct ward_str s = WARD_STR("");

	if (c[0] == '.' && c[1] == '*' && c[2] == 's') {
		int len = va_arg(*ap, int);
		const char *p = va_arg(*ap, const char *);

		s = (struct ward_str){p, p && len > 0 ? (size_t)len : 0};
		return slot(f, s) ? c + 3 : NULL;
	}
	if (*c == 's') {
		const char *p = va_arg(*ap, const char *);

		return slot(f, ward_str_z(p ? p : "(null)")) ? c + 1 : NULL;
	}
	if (*c == 'd')
		ward_wr_i64(&w, va_arg(*ap, int));
	else if (*c == 'u')
		ward_wr_u64(&w, va_arg(*ap, unsigned));
	else if (c[0] == 'z' && c[1] == 'u')
		ward_wr_u64(&w, va_arg(*ap, size_t)), c++;
	else if (c[0] == 'l' && c[1] == 'l' && (c[2] == 'd' || c[2] == 'i'))
		ward_wr_i64(&w, va_arg(*ap, long long)), c += 2;
	else if (c[0] == 'l' && c[1] == 'l' && c[2] == 'u')
		ward_wr_u64(&w, va_arg(*ap, unsigned long long)), c += 2;
	else if (*c == 'g')
		ward_wr_printf(&w, "%g", va_arg(*ap, double));
	else
		return NULL;
	return slot(f, ward_wr_text(&w)) ? c + 1 : NULL;
}

/* False: it has no such text, and is told in English. */
static bool form_of(struct form *f, const char *fmt, va_list *ap)
{
	f->to = ward_wr_fixed(f->text, sizeof(f->text));
	f->into = ward_wr_fixed(f->said, sizeof(f->said));
	while (*fmt) {
		if (fmt[0] == '%' && fmt[1] != '%') {
			fmt = convert(f, fmt + 1, ap);
			if (!fmt)
				return false;
			continue;
		}
		fmt += *fmt == '%';
		f->mends |= *fmt == '\n';
		ward_wr_ch(&f->to, *fmt++);
	}
	return !ward_wr_bad(&f->to) && !ward_wr_bad(&f->into);
}

/* Without memory for it, it is told in English. */
static void keep_form(struct ward_diag *d, struct form *f)
{
	struct ward_diag_item *it = &d->item[d->n - 1];
	struct ward_diag_slot *own = ward_arena_array(&d->arena, f->n_slot + 1, sizeof(*own));
	struct ward_str text = ward_arena_str(&d->arena, ward_wr_text(&f->to));

	if (!own || !text.p)
		return;
	for (size_t i = 0; i < f->n_slot; i++) {
		own[i] = (struct ward_diag_slot){
			f->slot[i].name, ward_arena_str(&d->arena, f->slot[i].text)};
		if (!own[i].text.p)
			return;
	}
	struct ward_str what = ward_str_cut(&text, '\n');

	/* What is nothing but a slot is a whole text of the code, handed on. */
	it->what_form = ward_str_eqz(what, "{a}") ? it->what : what;
	it->mend_form = ward_str_eqz(text, "{m}") ? it->mend : text;
	it->slot = own;
	it->n_slot = f->n_slot;
}

void ward_diag_addv(struct ward_diag *d, enum ward_diag_level level, struct ward_str file,
	uint32_t line, const char *fmt, va_list ap)
{
	struct form f = {.n_slot = 0};
	char buf[1024];
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(buf, sizeof(buf), fmt, ap);
	bool has_form = form_of(&f, fmt, &again);

	va_end(again);
	if (n < 0)
		n = 0;
	struct ward_str rest = {buf, (size_t)n};

	if (rest.len >= sizeof(buf)) { /* cut, but not inside a character */
		rest.len = sizeof(buf) - 1;
		for (int i = 0; i < 3 && ((uint8_t)buf[rest.len - 1] & 0xc0) == 0x80; i++)
			rest.len--;
		if ((uint8_t)buf[rest.len - 1] >= 0xc0)
			rest.len--;
	}
	struct ward_str what = ward_str_cut(&rest, '\n');
	size_t before = d->n;

	ward_diag_add(d, level, file, line, what, rest);
	if (d->n == before)
		return;
	if (has_form)
		keep_form(d, &f);
	else if (strcmp(fmt, "%s") == 0) { /* both halves in one text */
		d->item[d->n - 1].what_form = d->item[d->n - 1].what;
		d->item[d->n - 1].mend_form = d->item[d->n - 1].mend;
	}
}

void ward_diag_addf(struct ward_diag *d, enum ward_diag_level level, struct ward_str file,
	uint32_t line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ward_diag_addv(d, level, file, line, fmt, ap);
	va_end(ap);
}

/* The text with its slots filled, in the arena; NULL without memory. */
static struct ward_str fill(
	struct ward_diag *d, struct ward_str text, const struct ward_diag_slot *slot, size_t n_slot)
{
	struct ward_wr w = ward_wr_grow(d->arena.mem, 1 << 16);

	while (text.len) {
		size_t at = ward_str_find(text, WARD_STR("{")), end = SIZE_MAX, i = 0;
		struct ward_str rest = ward_str_sub(text, at == SIZE_MAX ? text.len : at, text.len);

		ward_wr_str(&w, ward_str_sub(text, 0, text.len - rest.len));
		end = ward_str_find(rest, WARD_STR("}"));
		while (end != SIZE_MAX && i < n_slot &&
			!ward_str_eqz(ward_str_sub(rest, 1, end - 1), slot[i].name))
			i++;
		if (end == SIZE_MAX || i == n_slot) { /* as it is written */
			ward_wr_str(&w, ward_str_sub(rest, 0, 1));
			text = ward_str_sub(rest, 1, rest.len);
			continue;
		}
		ward_wr_str(&w, slot[i].text);
		text = ward_str_sub(rest, end + 1, rest.len);
	}
	struct ward_str whole = ward_wr_text(&w);
	struct ward_str kept =
		ward_wr_bad(&w) ? (struct ward_str){NULL, 0} : ward_arena_str(&d->arena, whole);

	ward_wr_fini(&w);
	return kept;
}

void ward_diag_say(struct ward_diag *d, const struct ward_diag_item *like)
{
	struct ward_str what = fill(d, like->what, like->slot, like->n_slot);
	struct ward_str mend = fill(d, like->mend, like->slot, like->n_slot);
	struct ward_diag_slot *slot = ward_arena_array(&d->arena, like->n_slot + 1, sizeof(*slot));
	struct ward_str form[2] = {
		ward_arena_str(&d->arena, like->what), ward_arena_str(&d->arena, like->mend)};
	size_t before = d->n;

	/* without memory for the texts it is counted, as any */
	ward_diag_add(d, like->level, like->file, like->line, what.p ? what : like->what,
		mend.p ? mend : like->mend);
	if (d->n == before || !slot || !form[0].p || !form[1].p)
		return;
	for (size_t i = 0; i < like->n_slot; i++) {
		slot[i] = (struct ward_diag_slot){
			like->slot[i].name, ward_arena_str(&d->arena, like->slot[i].text)};
		if (!slot[i].text.p)
			return;
	}
	d->item[before].what_form = form[0];
	d->item[before].mend_form = form[1];
	d->item[before].slot = slot;
	d->item[before].n_slot = like->n_slot;
}

static int item_cmp(const void *va, const void *vb)
{
	const struct ward_diag_item *a = va, *b = vb;
	int c = ward_str_cmp(a->file, b->file);

	if (c)
		return c;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	c = ward_str_cmp(a->what, b->what);
	return c ? c : ward_str_cmp(a->mend, b->mend);
}

void ward_diag_sort(struct ward_diag *d)
{
	if (d->n)
		qsort(d->item, d->n, sizeof(*d->item), item_cmp);
}

void ward_diag_put_visible(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len;) {
		uint8_t c = (uint8_t)s.p[i];
		struct ward_str one = ward_str_sub(s, i,
			c < 0x80   ? 1
			: c < 0xe0 ? 2
			: c < 0xf0 ? 3
				   : 4);
		bool c1 = c == 0xc2 && one.len == 2 && (uint8_t)one.p[1] < 0xa0;

		if (c < 0x20 || c == 0x7f || c1 || !ward_utf8_valid(ward_str_bytes(one), NULL)) {
			ward_wr_z(w, "\\x");
			ward_wr_hex(w, ward_slice_of(&c, 1));
			i++;
		} else {
			ward_wr_str(w, one);
			i += one.len;
		}
	}
}

void ward_diag_write_text(const struct ward_diag *d, struct ward_wr *w)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct ward_diag_item *it = &d->item[i];

		if (it->file.len) {
			ward_diag_put_visible(w, it->file);
			if (it->line) {
				ward_wr_ch(w, ':');
				ward_wr_u64(w, it->line);
			}
			ward_wr_z(w, ": ");
		}
		ward_wr_z(w, level_name[it->level]);
		ward_wr_z(w, ": ");
		ward_diag_put_visible(w, it->what);
		if (it->mend.len) {
			ward_wr_z(w, "\n    mend: ");
			ward_diag_put_visible(w, it->mend);
		}
		ward_wr_ch(w, '\n');
	}
	if (d->n_dropped)
		ward_wr_printf(w, "(%zu more findings are not shown)\n", d->n_dropped);
}

void ward_diag_write_json(const struct ward_diag *d, struct ward_wr *w)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct ward_diag_item *it = &d->item[i];
		struct ward_json j = ward_json_on(w);

		ward_json_obj(&j);
		ward_json_key(&j, "kind");
		ward_json_z(&j, "finding");
		ward_json_key(&j, "level");
		ward_json_z(&j, level_name[it->level]);
		if (it->file.len) {
			ward_json_key(&j, "file");
			ward_json_str(&j, it->file);
		}
		if (it->line) {
			ward_json_key(&j, "line");
			ward_json_u64(&j, it->line);
		}
		ward_json_key(&j, "what");
		ward_json_str(&j, it->what);
		if (it->mend.len) {
			ward_json_key(&j, "mend");
			ward_json_str(&j, it->mend);
		}
		ward_json_obj_end(&j);
		ward_wr_ch(w, '\n');
	}
}
