/* Which answer belongs to which request, and which name to which handle. */
#include "sense/net/proto/smb/stream.h"

enum {
	OPTION_DIRECTORY = 0x1,
	OPTION_DELETE_ON_CLOSE = 0x1000,
	ATTRIBUTE_DIRECTORY = 0x10,
	SHARE_PIPE = 2,
	MODE_CHALLENGE = 2, /* MS-CIFS 2.2.4.52.2, NEGOTIATE_ENCRYPT_PASSWORDS */
};

static struct ward_smb_slot *slot_at(struct ward_smb_flow *f, uint8_t at)
{
	return at ? &f->slot[at - 1] : NULL;
}

static void end_file(struct ward_dissect *d, struct ward_smb_slot *s, enum ward_smb_end end)
{
	struct ward_smb_flow *f = d->flow;
	uint8_t at = (uint8_t)(s - f->slot + 1);

	if (s->state == WARD_SMB_SLOT_OPEN && !s->pipe &&
		(s->reads || s->writes || s->delete_pending))
		ward_smb_tell_file(d, s, end);
	if (s->state == WARD_SMB_SLOT_OPEN && s->pipe)
		ward_smb_pipe_end(d, s, s->fid);
	ward_smb_carve_end(d, s, end == WARD_SMB_END_CLOSE);
	for (size_t i = 0; i < WARD_SMB_PENDING; i++) {
		struct ward_smb_pending *p = &f->pending[i];

		if (p->slot == at)
			p->slot = 0;
		if (p->new_slot == at)
			p->new_slot = 0;
	}
	if (f->chain == at)
		f->chain = 0;
	s->state = WARD_SMB_SLOT_FREE;
}

/* A free slot; when there is none, the one that was used least recently is told and taken. */
static struct ward_smb_slot *take_slot(struct ward_dissect *d, uint8_t *ret_at)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_slot *s = NULL;

	for (size_t i = 0; i < WARD_SMB_SLOTS; i++) {
		struct ward_smb_slot *t = &f->slot[i];

		if (!s || t->state == WARD_SMB_SLOT_FREE ||
			(s->state != WARD_SMB_SLOT_FREE && t->order < s->order))
			s = t;
		if (s->state == WARD_SMB_SLOT_FREE)
			break;
	}
	if (s->state != WARD_SMB_SLOT_FREE)
		end_file(d, s, WARD_SMB_END_PUSHED);
	*s = (struct ward_smb_slot){.state = WARD_SMB_SLOT_WAITS, .order = f->order++};
	*ret_at = (uint8_t)(s - f->slot + 1);
	return s;
}

static uint8_t keep_name(struct ward_dissect *d, struct ward_slice name, bool unicode)
{
	uint8_t at;
	struct ward_smb_slot *s = take_slot(d, &at);

	s->side = (uint8_t)ward_smb_side(d);
	s->n_name = (uint8_t)ward_smb_tail(name, unicode, s->name, sizeof(s->name));
	return at;
}

static uint8_t find_file(const struct ward_smb_flow *f, const struct ward_smb *m)
{
	for (size_t i = 0; i < WARD_SMB_SLOTS; i++)
		if (f->slot[i].state == WARD_SMB_SLOT_OPEN && f->slot[i].fid == m->fid)
			return (uint8_t)(i + 1);
	return 0;
}

static struct ward_smb_tree *find_tree(struct ward_smb_flow *f, uint32_t id)
{
	for (size_t i = 0; i < WARD_SMB_TREES; i++)
		if (f->tree[i].used && f->tree[i].id == id)
			return &f->tree[i];
	return NULL;
}

static void give_up(struct ward_dissect *d, struct ward_smb_pending *p)
{
	struct ward_smb_flow *f = d->flow;
	uint8_t at[2] = {p->slot, p->new_slot};

	if (!p->interim && p->op != WARD_SMB_QUIET)
		ward_smb_tell(d, p, NULL);
	p->used = false;
	for (size_t i = 0; i < 2; i++)
		if (at[i] && slot_at(f, at[i])->state == WARD_SMB_SLOT_WAITS)
			end_file(d, slot_at(f, at[i]), WARD_SMB_END_PUSHED);
}

static struct ward_smb_pending *take_pending(struct ward_dissect *d)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_pending *p = &f->pending[0];

	for (size_t i = 0; i < WARD_SMB_PENDING && p->used; i++)
		if (!f->pending[i].used || f->pending[i].order < p->order)
			p = &f->pending[i];
	if (p->used)
		give_up(d, p);
	return p;
}

/* By number; an SMB 2 answer may be one to SMB 1's negotiation (MS-SMB2 3.3.5.3). */
static struct ward_smb_pending *request_of(struct ward_dissect *d, struct ward_smb *m)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_pending *near = NULL;
	uint8_t asker = (uint8_t)!ward_smb_side(d);

	for (size_t i = 0; i < WARD_SMB_PENDING; i++) {
		struct ward_smb_pending *p = &f->pending[i];

		if (!p->used || p->side != asker)
			continue;
		if (m->op == WARD_SMB_NEGOTIATE && p->op == WARD_SMB_NEGOTIATE)
			return p;
		if (p->version != m->version || p->command != m->command)
			continue;
		if (p->mid == m->mid)
			return p;
		if (p->op == WARD_SMB_TRANS && p->pid == m->pid && p->tree == m->tree)
			near = p;
	}
	/* The same caller's only command of that kind, under another number. */
	if (near)
		near->anomaly = "mid-differs";
	return near;
}

static bool is_primary(unsigned command)
{
	return command == WARD_SMB1_TRANSACTION || command == WARD_SMB1_TRANS2 ||
	       command == WARD_SMB1_NT_TRANS;
}

/* MS-CIFS 2.2.4.47: more of a transaction. Its own kind follows the primary's number. */
static void see_secondary(struct ward_dissect *d, const struct ward_smb *m)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_pending *found = NULL;
	const char *anomaly = m->anomaly;

	for (size_t i = 0; i < WARD_SMB_PENDING; i++) {
		struct ward_smb_pending *p = &f->pending[i];

		if (p->used && p->version == 1 && is_primary(p->command) && p->mid == m->mid)
			found = p;
	}
	if (!found)
		anomaly = "secondary-unrequested";
	else if (found->command + 1 != m->command)
		anomaly = "secondary-differs";
	if (!anomaly || (found && found->anomaly))
		return;
	if (found)
		found->anomaly = anomaly;
	ward_smb_tell_anomaly(d, m, anomaly);
}

static void see_write(struct ward_smb_slot *s, const struct ward_smb *m)
{
	struct ward_slice sample = m->data;

	s->writes++;
	s->write_bytes += m->count;
	if (sample.len > WARD_SMB_SAMPLE)
		sample.len = WARD_SMB_SAMPLE;
	if (sample.len < WARD_SMB_SAMPLE_LEAST)
		return;
	s->entropy += (uint64_t)ward_smb_entropy(sample) * sample.len;
	s->sampled += sample.len;
}

static void see_offer(struct ward_smb_flow *f, const struct ward_smb *m)
{
	f->dialect_version = m->version;
	f->n_dialect = (uint8_t)m->n_dialect;
	f->n_dialect_seen = (uint8_t)(m->n_dialect_seen < 255 ? m->n_dialect_seen : 255);
	memcpy(f->dialect, m->dialect, sizeof(f->dialect));
}

static void see_session_request(
	struct ward_smb_flow *f, const struct ward_smb *m, struct ward_smb_pending *p)
{
	f->kerberos = ward_ntlm_is_kerberos(m->token);
	ward_smb_keep(&f->os, m->native_os, m->unicode);
	ward_smb_keep(&f->lanman, m->native_lanman, m->unicode);
	if (m->token.len) {
		(void)ward_ntlm_see(&f->ntlm, m->token);
		return;
	}
	if (m->version != 1)
		return;
	/* The old way: name and responses, or the password itself, in the message. */
	f->ntlm = (struct ward_ntlm_session){.authenticated = true,
		.anonymous = !m->user.len && m->count <= 2,
		.nt_len = m->user.len ? 24 : 0};
	p->cleartext = !f->offers_challenge && m->count > 2;
	ward_smb_keep(&f->ntlm.user, m->user, m->unicode);
	ward_smb_keep(&f->ntlm.domain, m->domain, m->unicode);
}

/* When the opening or the share was not seen, a bind that fills the write makes it a pipe. */
static bool on_pipe(
	struct ward_smb_flow *f, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	struct ward_smb_slot *s = slot_at(f, p->slot);
	struct ward_rpc_pdu pdu;
	bool pipe = (s && s->pipe) || ward_smb_pipe_known(f, p->fid) ||
		    (m->op == WARD_SMB_WRITE && ward_rpc_head(m->data, &pdu) &&
			    pdu.type == WARD_RPC_BIND && pdu.size == m->count);

	if (s)
		s->pipe = pipe;
	return pipe;
}

/* The names and the file that a request is about. */
static void see_arguments(
	struct ward_dissect *d, const struct ward_smb *m, struct ward_smb_pending *p)
{
	struct ward_smb_flow *f = d->flow;
	const struct ward_smb_tree *tree = find_tree(f, m->tree);

	p->slot = m->has_fid ? find_file(f, m) : m->related ? f->chain : 0;
	if (m->op == WARD_SMB_OPEN || m->op == WARD_SMB_TREE || (m->name.len && !p->slot))
		p->slot = keep_name(d, m->name, m->unicode);
	if (m->op == WARD_SMB_RENAME)
		p->new_slot = keep_name(d, m->new_name, m->unicode);
	if (m->op == WARD_SMB_OPEN) {
		f->slot[p->slot - 1].tree = m->tree;
		f->slot[p->slot - 1].pipe = tree && tree->pipe;
		f->chain = p->slot;
	}
	if (p->slot)
		f->slot[p->slot - 1].order = f->order++;
	if (m->op == WARD_SMB_WRITE && p->slot)
		see_write(&f->slot[p->slot - 1], m);
	if ((m->op == WARD_SMB_WRITE && on_pipe(f, p, m)) || m->op == WARD_SMB_PIPE)
		ward_smb_pipe_bytes(d, slot_at(f, p->slot), p->fid, m);
	else if (m->op == WARD_SMB_WRITE && p->slot)
		ward_smb_carve(d, slot_at(f, p->slot), m, m->offset);
}

static void see_request(struct ward_dissect *d, struct ward_smb *m)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_pending *p;

	if (m->op == WARD_SMB_SECONDARY) {
		see_secondary(d, m);
		return;
	}
	/* A cancel is never answered, nor is what is told otherwise asked again. */
	if (m->version == 2 && m->command == 12)
		return;
	p = take_pending(d);
	*p = (struct ward_smb_pending){.used = true,
		.side = (uint8_t)ward_smb_side(d),
		.version = m->version,
		.op = m->op,
		.command = m->command,
		.mid = m->mid,
		.fid = m->fid,
		.offset = m->offset,
		.order = f->order++,
		.tree = m->tree,
		.pid = m->pid,
		.time = d->net->frame->time,
		.access = m->access,
		.disposition = m->disposition,
		.options = m->options,
		.info = m->info,
		.delete_pending = m->delete_pending,
		.trans = m->trans,
		.anomaly = m->anomaly};
	see_arguments(d, m, p);
	if (m->op == WARD_SMB_NEGOTIATE)
		see_offer(f, m);
	else if (m->op == WARD_SMB_SESSION)
		see_session_request(f, m, p);
	/* What is told only with its answer must not be lost before. */
	if (m->anomaly && m->op != WARD_SMB_TRANS)
		ward_smb_tell_anomaly(d, m, m->anomaly);
}

static void see_tree(
	struct ward_smb_flow *f, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	const struct ward_smb_slot *s = slot_at(f, p->slot);
	struct ward_smb_tree *t = find_tree(f, m->tree);

	for (size_t i = 0; !t && i < WARD_SMB_TREES; i++)
		if (!f->tree[i].used)
			t = &f->tree[i];
	if (!t) {
		t = &f->tree[0];
		for (size_t i = 1; i < WARD_SMB_TREES; i++)
			if (f->tree[i].order < t->order)
				t = &f->tree[i];
	}
	*t = (struct ward_smb_tree){.used = true,
		.id = m->tree,
		.order = f->order++,
		.pipe = m->share_type == SHARE_PIPE};
	if (!s)
		return;
	t->n_path = s->n_name < sizeof(t->path) ? s->n_name : sizeof(t->path);
	memcpy(t->path, s->name, t->n_path);
	while (t->n_path < s->n_name && t->n_path && ((uint8_t)s->name[t->n_path] & 0xc0) == 0x80)
		t->n_path--;
}

static void see_open(
	struct ward_smb_flow *f, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	struct ward_smb_slot *s = slot_at(f, p->slot);

	if (!s)
		return;
	s->state = WARD_SMB_SLOT_OPEN;
	s->fid = m->fid;
	s->size = m->file_size;
	s->directory = m->attributes & ATTRIBUTE_DIRECTORY || p->options & OPTION_DIRECTORY;
	s->delete_pending = p->options & OPTION_DELETE_ON_CLOSE;
}

static void see_read(
	struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	struct ward_smb_slot *s = slot_at(d->flow, p->slot);

	if (on_pipe(d->flow, p, m))
		ward_smb_pipe_bytes(d, s, p->fid, m);
	else if (s)
		ward_smb_carve(d, s, m, p->offset);
	if (!s)
		return;
	s->reads++;
	s->read_bytes += m->count;
}

/* What a good answer changes. */
static void apply(
	struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_slot *s = slot_at(f, p->slot), *to = slot_at(f, p->new_slot);
	struct ward_smb_tree *t;

	switch (p->op) {
	case WARD_SMB_NEGOTIATE:
		f->offers_challenge = m->version == 2 || m->security_mode & MODE_CHALLENGE;
		break;
	case WARD_SMB_TREE:
		see_tree(f, p, m);
		break;
	case WARD_SMB_TREE_END:
		t = find_tree(f, p->tree);
		if (t)
			t->used = false;
		break;
	case WARD_SMB_OPEN:
		see_open(f, p, m);
		break;
	case WARD_SMB_READ:
		see_read(d, p, m);
		break;
	case WARD_SMB_PIPE:
		ward_smb_pipe_bytes(d, s, p->fid, m);
		break;
	case WARD_SMB_DELETE:
		if (s)
			s->delete_pending = p->delete_pending;
		break;
	case WARD_SMB_RENAME:
		if (s && to) {
			s->n_name = to->n_name;
			memcpy(s->name, to->name, to->n_name);
		}
		break;
	case WARD_SMB_CLOSE:
		if (s && s->state == WARD_SMB_SLOT_OPEN)
			end_file(d, s, WARD_SMB_END_CLOSE);
		break;
	case WARD_SMB_OTHER:
	case WARD_SMB_SESSION:
	case WARD_SMB_WRITE:
	case WARD_SMB_SET_INFO:
	case WARD_SMB_IOCTL:
	case WARD_SMB_TRANS:
	case WARD_SMB_SECONDARY:
	case WARD_SMB_QUIET:
	default:
		break;
	}
}

static bool is_good(uint32_t status)
{
	return status >> 30 == 0 || status == 0x80000005; /* STATUS_BUFFER_OVERFLOW */
}

/* MS-CIFS 3.2.4.1.5: go on and send the secondaries. */
static bool is_interim(const struct ward_smb_pending *p, const struct ward_smb *m)
{
	return p->op == WARD_SMB_TRANS && m->failed && !m->status &&
	       (p->trans.data < p->trans.total_data ||
		       p->trans.parameters < p->trans.total_parameters);
}

static void see_response(struct ward_dissect *d, struct ward_smb *m)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_smb_pending *p = request_of(d, m);

	if (m->op == WARD_SMB_SESSION && m->token.len)
		(void)ward_ntlm_see(&f->ntlm, m->token);
	if (!p) {
		if (m->anomaly)
			ward_smb_tell_anomaly(d, m, m->anomaly);
		return;
	}
	if (m->status == WARD_SMB_STATUS_PENDING) {
		p->interim = true;
		return;
	}
	ward_smb_tell(d, p, m);
	if (is_interim(p, m)) {
		p->interim = true;
		return;
	}
	if (is_good(m->status) && !(m->status & 0x20000000))
		apply(d, p, m);
	p->used = false;
	uint8_t at[2] = {p->slot, p->new_slot};

	for (size_t i = 0; i < 2; i++)
		if (at[i] && slot_at(f, at[i])->state == WARD_SMB_SLOT_WAITS)
			end_file(d, slot_at(f, at[i]), WARD_SMB_END_CLOSE);
}

void ward_smb_see(struct ward_dissect *d, struct ward_smb *m)
{
	if (m->response)
		see_response(d, m);
	else
		see_request(d, m);
}

void ward_smb_finish(struct ward_dissect *d)
{
	struct ward_smb_flow *f = d->flow;

	for (size_t n = 0; n < WARD_SMB_PENDING; n++) {
		struct ward_smb_pending *p = NULL;

		for (size_t i = 0; i < WARD_SMB_PENDING; i++)
			if (f->pending[i].used && (!p || f->pending[i].order < p->order))
				p = &f->pending[i];
		if (p)
			give_up(d, p);
	}
	for (size_t i = 0; i < WARD_SMB_SLOTS; i++)
		if (f->slot[i].state == WARD_SMB_SLOT_OPEN)
			end_file(d, &f->slot[i], WARD_SMB_END_FLOW);
	for (size_t i = 0; i < WARD_SMB_PIPES; i++)
		if (f->pipe[i].used)
			ward_smb_pipe_end(d, NULL, f->pipe[i].fid);
}
