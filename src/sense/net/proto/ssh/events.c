/* Events of the SSH dissector. */
#include "sense/net/emit.h"
#include "sense/net/proto/ssh/stream.h"

enum { ALGORITHMS = 2048, NAME = 128 };

#define NAME_LIST(X)                                                 \
	X(CLIENT_PROTO, "ssh.client_version")                        \
	X(CLIENT_SOFTWARE, "ssh.client_software")                    \
	X(CLIENT_COMMENTS, "ssh.client_comments")                    \
	X(SERVER_PROTO, "ssh.server_version")                        \
	X(SERVER_SOFTWARE, "ssh.server_software")                    \
	X(SERVER_COMMENTS, "ssh.server_comments")                    \
	X(HASSH, "ssh.hassh")                                        \
	X(HASSH_ALGORITHMS, "ssh.hassh_algorithms")                  \
	X(HASSH_SERVER, "ssh.hassh_server")                          \
	X(HASSH_SERVER_ALGORITHMS, "ssh.hassh_server_algorithms")    \
	X(KEX, "ssh.kex")                                            \
	X(HOST_KEY_ALGORITHM, "ssh.host_key_algorithm")              \
	X(CIPHER_TO_SERVER, "ssh.encryption_client_to_server")       \
	X(CIPHER_TO_CLIENT, "ssh.encryption_server_to_client")       \
	X(MAC_TO_SERVER, "ssh.mac_client_to_server")                 \
	X(MAC_TO_CLIENT, "ssh.mac_server_to_client")                 \
	X(COMPRESSION_TO_SERVER, "ssh.compression_client_to_server") \
	X(COMPRESSION_TO_CLIENT, "ssh.compression_server_to_client") \
	X(REVERSED, "ssh.reversed")                                  \
	X(OUTCOME, "ssh.outcome")                                    \
	X(HOST_KEY_TYPE, "ssh.host_key_type")                        \
	X(HOST_KEY_BITS, "ssh.host_key_bits")                        \
	X(HOST_KEY_SHA256, "ssh.host_key_sha256")                    \
	X(REASON, "ssh.disconnect_reason")                           \
	X(BY, "ssh.disconnect_by")                                   \
	X(CLIENT_BYTES, "ssh.client_encrypted_bytes")                \
	X(SERVER_BYTES, "ssh.server_encrypted_bytes")                \
	X(CLASS, "net.ssh")                                          \
	X(CLASS_HOST_KEY, "net.ssh.host_key")                        \
	X(CLASS_DISCONNECT, "net.ssh.disconnect")                    \
	X(CLASS_SESSION, "net.ssh.session")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N,
};

static const char *const names[] = {
#define X(IDENT, name) name,
	NAME_LIST(X)
#undef X
};

bool ward_ssh_name_at(size_t i, struct ward_wr *w)
{
	if (i >= NAME_N)
		return false;
	ward_wr_z(w, names[i]);
	return true;
}

static bool begin(const struct ward_dissect *d, enum name class)
{
	if (!ward_emit_begin(d->net, d->name[class]))
		return false;
	if (ward_ssh_from_client(d))
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
	return true;
}

static void put_text(const struct ward_dissect *d, enum name field, struct ward_str s, size_t max)
{
	if (s.len)
		ward_emit_str(d->net, d->name[field], ward_str_sub(s, 0, max));
}

/* Of the SSH client, or of the server. */
static void put_version(const struct ward_dissect *d, bool server)
{
	const struct ward_ssh_flow *f = d->flow;
	const struct ward_ssh_side *s = &f->side[server != f->reversed];
	unsigned at = server ? NAME_SERVER_PROTO - NAME_CLIENT_PROTO : 0;
	struct ward_ssh_version v;

	if (!ward_ssh_version((struct ward_str){s->version, s->n_version}, &v))
		return;
	put_text(d, (enum name)(NAME_CLIENT_PROTO + at), v.proto, NAME);
	put_text(d, (enum name)(NAME_CLIENT_SOFTWARE + at), v.software, WARD_SSH_VERSION_MAX);
	put_text(d, (enum name)(NAME_CLIENT_COMMENTS + at), v.comments, WARD_SSH_VERSION_MAX);
}

static void put_hassh(const struct ward_dissect *d, const struct ward_ssh_kexinit *k, bool server)
{
	unsigned at = server ? NAME_HASSH_SERVER - NAME_HASSH : 0;
	struct ward_wr w = ward_wr_fixed(d->net->scratch, WARD_NET_SCRATCH);
	char hassh[WARD_SSH_HASSH];

	if (!k)
		return;
	ward_ssh_hassh_text(k, server, &w);
	if (!ward_ssh_hassh(&w, hassh))
		return;
	put_text(d, (enum name)(NAME_HASSH + at), ward_str_z(hassh), sizeof(hassh));
	put_text(d, (enum name)(NAME_HASSH_ALGORITHMS + at), ward_wr_text(&w), ALGORITHMS);
}

/* 7.1: of each kind the client's first that the server has too. False: one kind lacks. */
static bool put_chosen(const struct ward_dissect *d, const struct ward_ssh_kexinit *client,
	const struct ward_ssh_kexinit *server)
{
	struct ward_str chosen[WARD_SSH_LANGUAGE_TO_SERVER];
	bool all = true;

	for (size_t i = 0; i < WARD_ARRAY_LEN(chosen); i++) {
		bool mac = i == WARD_SSH_MAC_TO_SERVER || i == WARD_SSH_MAC_TO_CLIENT;
		bool implicit = mac && ward_ssh_is_aead(chosen[i - 2]);

		chosen[i] = implicit ? WARD_STR("implicit")
				     : ward_ssh_choose(client->list[i], server->list[i]);
		all &= chosen[i].len > 0;
		put_text(d, (enum name)(NAME_KEX + i), chosen[i], NAME);
	}
	return all;
}

void ward_ssh_tell(const struct ward_dissect *d, const struct ward_ssh_kexinit *client,
	const struct ward_ssh_kexinit *server)
{
	const struct ward_ssh_flow *f = d->flow;
	const char *outcome = client || server ? "unanswered" : "version-only";

	if (!begin(d, NAME_CLASS))
		return;
	put_version(d, false);
	put_version(d, true);
	put_hassh(d, client, false);
	put_hassh(d, server, true);
	if (client && server)
		outcome = put_chosen(d, client, server) ? "negotiated" : "no-common-algorithm";
	if (f->reversed)
		ward_emit_bool(d->net, d->name[NAME_REVERSED], true);
	ward_emit_z(d->net, d->name[NAME_OUTCOME], outcome);
	ward_emit_end(d->net);
}

void ward_ssh_tell_host_key(const struct ward_dissect *d, const struct ward_ssh_key *k)
{
	if (!begin(d, NAME_CLASS_HOST_KEY))
		return;
	put_text(d, NAME_HOST_KEY_TYPE, k->type, NAME);
	if (k->bits)
		ward_emit_int(d->net, d->name[NAME_HOST_KEY_BITS], k->bits);
	put_text(d, NAME_HOST_KEY_SHA256, ward_str_z(k->sha256), sizeof(k->sha256));
	ward_emit_end(d->net);
}

void ward_ssh_tell_disconnect(const struct ward_dissect *d, uint32_t reason)
{
	const char *name = ward_ssh_disconnect_name(reason);

	if (!begin(d, NAME_CLASS_DISCONNECT))
		return;
	if (name)
		ward_emit_z(d->net, d->name[NAME_REASON], name);
	else
		ward_emit_int(d->net, d->name[NAME_REASON], reason);
	ward_emit_z(d->net, d->name[NAME_BY], ward_ssh_from_client(d) ? "client" : "server");
	ward_emit_end(d->net);
}

void ward_ssh_tell_session(const struct ward_dissect *d)
{
	const struct ward_ssh_flow *f = d->flow;

	if (!begin(d, NAME_CLASS_SESSION))
		return;
	ward_emit_int(d->net, d->name[NAME_CLIENT_BYTES], (int64_t)f->side[f->reversed].bytes);
	ward_emit_int(d->net, d->name[NAME_SERVER_BYTES], (int64_t)f->side[!f->reversed].bytes);
	ward_emit_end(d->net);
}
