/* Who is called, and how: roles of the hospital, who has them, and whom Ward tells by itself. */
#include "book/priv.h"

enum { PEOPLE_TOLD = 12 /* of one role */, PEOPLE_BYTES = 1 << 20 };

/* "pager 2200, phone +39 …" of a person. */
static void ways(struct book *b, struct ward_wr *w, const struct ward_person *p)
{
	static const char *const word[WARD_PERSON_WAY_N] = {
		WARD_TEXT("mail"), WARD_TEXT("telephone"), WARD_TEXT("pager"), WARD_TEXT("XMPP")};
	bool begun = false;

	for (size_t i = 0; i < WARD_PERSON_WAY_N; i++) {
		if (!p->way[i].len)
			continue;
		ward_wr_z(w, begun ? ", " : " (");
		ward_say(w, b->lang, word[i]);
		ward_wr_ch(w, ' ');
		ward_wr_str(w, p->way[i]);
		begun = true;
	}
	ward_wr_z(w, begun ? ")" : "");
}

static bool has(const struct ward_person *p, uint32_t role)
{
	for (size_t i = 0; i < p->n_role; i++)
		if (p->role[i] == role)
			return true;
	return false;
}

/* A node's row: how the role is called, and who has it. */
static void role_row(struct book *b, uint32_t role)
{
	const struct ward_node *node = ward_model_node(b->is->m, role);
	struct ward_wr who = ward_wr_grow(ward_mem_heap(), PEOPLE_BYTES);
	size_t n = 0;

	for (size_t i = 0; b->is->people && i < b->is->people->n; i++) {
		const struct ward_person *p = &b->is->people->p[i];

		if (!has(p, role) || n++ >= PEOPLE_TOLD)
			continue;
		ward_wr_z(&who, who.len ? "; " : "");
		ward_wr_str(&who, p->name);
		ways(b, &who, p);
	}
	if (n > PEOPLE_TOLD) {
		ward_wr_z(&who, "; ");
		ward_say_n(&who, b->lang, n - PEOPLE_TOLD, WARD_TEXT("{n} more"),
			WARD_TEXT("{n} more"));
	}
	if (ward_wr_bad(&who))
		b->err = WARD_ERR_NOMEM;
	const struct ward_str cell[] = {node->name,
		node->reach.len ? node->reach
				: ward_lang_text(b->lang, ward_str_z(WARD_TEXT("not said"))),
		ward_wr_text(&who)};

	ward_doc_row(b->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
	ward_wr_fini(&who);
}

static void recipient_row(struct book *b, const struct ward_recipient *r)
{
	static const char *const word[WARD_CHANNEL_N] = {
		[WARD_CHANNEL_WEBHOOK] = WARD_TEXT("another system"),
		[WARD_CHANNEL_MAIL] = WARD_TEXT("mail"),
		[WARD_CHANNEL_SMS] = WARD_TEXT("text message"),
		[WARD_CHANNEL_CHAT] = WARD_TEXT("chat"),
		[WARD_CHANNEL_MATRIX] = WARD_TEXT("chat"),
		[WARD_CHANNEL_SMPP] = WARD_TEXT("text message"),
		[WARD_CHANNEL_XMPP] = WARD_TEXT("XMPP"),
		[WARD_CHANNEL_MQTT] = WARD_TEXT("another system"),
		[WARD_CHANNEL_ESPA] = WARD_TEXT("pager"),
		[WARD_CHANNEL_TICKET] = WARD_TEXT("ticket"),
		[WARD_CHANNEL_SIP] = WARD_TEXT("telephone"),
		[WARD_CHANNEL_SYSLOG] = WARD_TEXT("another system"),
		[WARD_CHANNEL_PLAYED] = WARD_TEXT("played: nothing leaves Ward"),
	};
	char text[BOOK_CELL], way_text[BOOK_CELL];
	struct ward_wr roles = ward_wr_fixed(text, sizeof(text)),
		       way = ward_wr_fixed(way_text, sizeof(way_text));

	book_names(b, &roles, r->role, r->n_role);
	ward_say(&way, b->lang, word[r->channel]);
	if (r->detail[WARD_DETAIL_TO].len) {
		ward_wr_ch(&way, ' ');
		ward_wr_str(&way, r->detail[WARD_DETAIL_TO]);
	}
	const struct ward_str cell[] = {r->name, ward_wr_text(&way), ward_wr_text(&roles)};

	ward_doc_row(b->d, WARD_DOC_ROW, cell, WARD_ARRAY_LEN(cell));
}

void book_calls(struct book *b)
{
	static const char *const roles[] = {
		WARD_TEXT("Role"), WARD_TEXT("Called by"), WARD_TEXT("Who has it")};
	static const char *const told[] = {
		WARD_TEXT("Told by Ward itself"), WARD_TEXT("By"), WARD_TEXT("For")};
	const struct ward_model *m = b->is->m;
	bool begun = false;

	book_chapter(b, WARD_TEXT("Who is called"));
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		if (ward_model_node(m, i)->kind != WARD_NODE_ROLE)
			continue;
		if (!begun)
			book_head(b, roles, WARD_ARRAY_LEN(roles));
		begun = true;
		role_row(b, i);
	}
	if (!begun)
		book_say(b, WARD_DOC_STRONG,
			WARD_TEXT("The directory names no role: add roles and how they are called "
				  "to hospital.yml."));
	if (!b->is->recipients || !b->is->recipients->n)
		return;
	book_head(b, told, WARD_ARRAY_LEN(told));
	for (size_t i = 0; i < b->is->recipients->n; i++)
		recipient_row(b, &b->is->recipients->r[i]);
}
