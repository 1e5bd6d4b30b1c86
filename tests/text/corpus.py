"""Every place in which a secret was ever seen to stand, with the part of it that must not be seen.

A shape holds `{}` where the secret stands. `raw` shapes take any of SECRETS; the others bring one of their own,
because the place allows only some forms (a number, base64, a whole key).
"""

from __future__ import annotations

import base64
import json
import shlex

SECRETS = ("hunter2", "Zq9-vT_4xLm2", "p4ss.w0rd!", "s3cr3t%21$x", "Tr0ub4dor&3")
"""As they stand where a word is expected."""

NAMES = (
    "password", "PASSWORD", "Password", "passwd", "PGPASSWORD", "POSTGRES_PASSWORD", "MYSQL_ROOT_PASSWORD", "DB_PASS",
    "DB_PWD", "MYSQL_PWD", "dbPassword", "userpassword", "db.password", "spring.datasource.password", "redis_pass",
    "REDISCLI_AUTH", "SECRET_KEY", "SECRET_KEY_BASE", "APP_SECRET", "client_secret", "clientSecret", "CLIENT-SECRET",
    "AWS_SECRET_ACCESS_KEY", "aws_session_token", "api_key", "apiKey", "API-KEY", "X_API_KEY", "access_token",
    "accessToken", "refresh_token", "AUTH_TOKEN", "authtoken", "csrfToken", "SLACK_BOT_TOKEN", "private_key",
    "ENCRYPTION_KEY", "signing_key", "AccountKey", "SharedAccessKey", "passphrase", "ssl_passphrase", "sslpassword",
    "keystorePassword", "smtp_pass", "rootpass", "JWT_SECRET", "jwt_signing_secret", "password2", "password_prod",
    "POSTGRES_PASSWORD_1", "requirepass", "masterauth", "passwort", "credentials", "vault_token", "new_password",
    "oldPassword", "password_confirmation", "registry_password", "git_credential", "consumer_key", "FERNET_KEY",
)  # fmt: skip

NAMED = (
    "{name}={secret}", "{name} = {secret}", "{name}: {secret}", "{name}:{secret}", "{name} := {secret}",
    "export {name}={secret}", "docker run -e {name}={secret} shop", "  - {name}={secret}", "- {name}: {secret}",
    "{name}='{secret}'", '{name}="{secret}"', '{name} = "{secret}" # of the shop', '{name} = """{secret}"""',
    '{{"{name}":"{secret}","user":"app"}}', '{{"user": "app", "{name}": "{secret}"}}',
    "{{'{name}': '{secret}', 'user': 'app'}}", '{{:{name}=>"{secret}"}}', '"{name}"=>"{secret}"',
    '{{\\"{name}\\":\\"{secret}\\",\\"user\\":\\"app\\"}}', '{{\\\\\\"{name}\\\\\\": \\\\\\"{secret}\\\\\\"}}',
    '"{{""{name}"":""{secret}""}}"', "Config(host='db', {name}='{secret}')", "{{Host:db {name}:{secret} User:app}}",
    "{{host=db, {name}={secret}, user=app}}", "{{host=db,{name}={secret},user=app}}", "(host=db {name}={secret})",
    "Server=db;User ID=sa;{name}={secret};Encrypt=true", "GET /login?user=app&{name}={secret}&next=/ HTTP/1.1",
    "user={name}&{name}={secret}", "next=%2Flogin%3F{name}%3D{secret}%26user%3Dapp", "%22{name}%22%3A%22{secret}%22",
    "user[{name}]={secret}", "user%5B{name}%5D={secret}", 'data["{name}"] = "{secret}"', "{{'{name}': ['{secret}']}}",
    "<{name}>{secret}</{name}>", '<{name} type="string">{secret}</{name}>', '<add key="{name}" value="{secret}"/>',
    "- name: {name}\n  value: {secret}", '{{"name": "{name}", "value": "{secret}"}}', "name={name} value={secret}",
    "{name}: |\n  {secret}\nuser: app", "{name}: >-\n    {secret}", "{name}: str = '{secret}'", "{name}=b'{secret}'",
    "{name}=SecretStr('{secret}')", "{name}:          {secret}", "{name}      = {secret}", '{name} == "{secret}"',
    "\x1b[36m{name}\x1b[0m=\x1b[35m{secret}\x1b[0m", '"{name}":\n  "{secret}"', "['-e', '{name}={secret}', 'shop']",
    "ERROR connect failed {name}={secret}", '[2026-11-25 10:00:00] app.ERROR: {{"{name}":"{secret}"}} []',
    "env: [\"{name}={secret}\", \"PATH=/bin\"]", "curl -d '{name}={secret}' https://shop", '\\"{name}={secret}\\"',
)  # fmt: skip

URLS = (
    "postgresql://app:{}@db:5432/shop", "postgres://app:{}@db/shop?sslmode=require", "postgresql+asyncpg://app:{}@db/x",
    "postgresql://app:{}@db1:5432,db2:5432/shop?target_session_attrs=read-write", "jdbc:postgresql://app:{}@db/shop",
    "redis://:{}@cache:6379/0", "redis://default:{}@cache", "rediss://worker:{}@cache:6380/1?ssl_cert_reqs=none",
    "valkey://:{}@cache:6379", "mysql://root:{}@db:3306/shop", "mysql+pymysql://root:{}@db/shop?charset=utf8mb4",
    "amqp://guest:{}@rabbit:5672/%2f", "amqps://guest:{}@rabbit/vhost", "mongodb://root:{}@m1,m2/admin?replicaSet=rs0",
    "mongodb+srv://root:{}@cluster0.example.net/shop", "clickhouse://default:{}@ch:9000", "mssql+pyodbc://sa:{}@sql/db",
    "https://deploy:{}@git.example.com/shop.git", "http://admin:{}@10.0.0.7:15672/api/overview", "ftp://u:{}@files/x",
    "smtp://mailer:{}@mail:587", "ldap://cn=admin:{}@ldap:389", "ws://u:{}@host/socket", "nats://u:{}@nats:4222",
    "socks5://u:{}@proxy:1080", "sentinel://:{}@s1:26379", "custom+db://u:{}@host/x",
)  # fmt: skip
URL_SETTINGS = (
    "{}", "DATABASE_URL={}", 'could not connect to "{}": timeout', "{{\"url\":\"{}\"}}", "psql {} -c 'select 1'",
    "Error: connect ECONNREFUSED {}\n    at Socket", "url='{}',", "<{}>", "[{}]", "broker: {} (retrying)",
)  # fmt: skip
URL_SECRETS = (*SECRETS, "p@ss", "p@ss:w/rd", "a/b?c#d", "x@y@z", "p%40ss", "it's1", "2024#pw", "pw/")

OTHERS: tuple[tuple[str, str], ...] = (
    # Connection strings of libpq and their relatives.
    ("host=db port=5432 user=app password={} dbname=shop", "hunter2"),
    ("host=db password='{}' user=app", "hun ter2"),
    (r"host=db password='{}' user=app", r"it\'s hunter2"),
    (r"host=db password = '{}'", r"back\\slash 1"),
    ("primary_conninfo = 'host=a user=repl password={} sslmode=prefer'", "hunter2"),
    ("CREATE SUBSCRIPTION s CONNECTION 'host=a password={} dbname=x' PUBLICATION p", "hunter2"),
    ("SELECT * FROM dblink('host=a password={} dbname=x', 'select 1') AS t(a int)", "hunter2"),
    ("postgresql://db/shop?user=app&password={}", "hunter2"),
    ("jdbc:postgresql://db/shop?user=app&password={}&ssl=true", "hunter2"),
    ("jdbc:sqlserver://db:1433;user=sa;password={};encrypt=true", "hunter2"),
    ("jdbc:oracle:thin:scott/{}@//db:1521/x", "hunter2"),
    ("Driver={{ODBC Driver 18}};Server=db;UID=sa;PWD={{{}}};", "hun;ter2"),
    ("root:{}@tcp(db:3306)/shop?parseTime=true", "hunter2"),
    ("dsn app:{}@db:5432/shop refused", "hunter2"),
    ("db:5432:shop:app:{}", "hunter2"),
    ("*:*:*:app:{}", "hunter2"),
    ("machine api.example.com login app password {}", "hunter2"),
    ("redis://cache:6379/0?password={}", "hunter2"),
    ("dsn=postgres%3A%2F%2Fapp%3A{}%40db%3A5432%2Fshop&x=1", "hunter2"),
    (r"postgres:\/\/app:{}@db\/shop", "hunter2"),
    ("https://{}@github.com/shop/shop.git", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"),
    # Cut off: track_activity_query_size, log limits.
    ("postgresql://app:{}", "hunter2"),
    ("postgresql://app:{}@", "p@ss"),
    ("redis://:{}", "hunter2"),
    ("https://app:{}", "hunter2"),
    ("ALTER ROLE app PASSWORD '{}", "hunter2 and mo"),
    ('{{"password": "{}', "hunter2"),
    ("password=\"{}", "hun ter2\\"),
    ("-----BEGIN RSA PRIVATE KEY-----\n{}", "MIIEpAIBAAKCAQEA7yn3bRHQ5FHMQGOpHdh7uF1t"),
    # SQL.
    ("ALTER ROLE app WITH PASSWORD '{}'", "hunter2"),
    ("ALTER ROLE app\n  WITH LOGIN\n  PASSWORD\n  '{}' VALID UNTIL 'infinity'", "hunter2"),
    ("alter user app encrypted password '{}';", "it''s hunter2"),
    ("ALTER ROLE app PASSWORD E'{}'", r"hun\'ter2"),
    ("ALTER ROLE app PASSWORD U&'{}'", "hunter2"),
    ("ALTER ROLE app PASSWORD $${}$$ VALID UNTIL 'infinity'", "hunter2"),
    ("ALTER ROLE app PASSWORD $pw${}$pw$", "hunter2 it's"),
    ("ALTER LOGIN sa WITH PASSWORD = N'{}'", "hunter2"),
    ("DO 'BEGIN ALTER ROLE app PASSWORD ''{}''; END'", "hunter2"),
    (r"statement: \'ALTER ROLE app PASSWORD \'{}\'\'", "hunter2"),
    ("LOG:  statement: CREATE ROLE app LOGIN PASSWORD '{}' IN ROLE x;", "hunter2"),
    ("CREATE USER 'app'@'%' IDENTIFIED BY '{}'", "hunter2"),
    ("CREATE USER app IDENTIFIED BY \"{}\"", "hun ter2"),
    ("CREATE USER app IDENTIFIED BY {} DEFAULT TABLESPACE users", "hunter2"),
    ("CREATE USER app IDENTIFIED WITH mysql_native_password BY '{}' REQUIRE SSL", "hunter2"),
    ("ALTER USER app IDENTIFIED WITH caching_sha2_password AS '{}'", "$A$005$hunter2"),
    ("GRANT ALL ON *.* TO x IDENTIFIED BY PASSWORD '{}'", "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"),
    ("SET PASSWORD FOR 'app'@'%' = '{}'", "hunter2"),
    ("SET PASSWORD = PASSWORD('{}')", "hunter2"),
    ("CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'app', password '{}')", "hunter2"),
    ("CREATE SECRET s (TYPE s3, KEY_ID 'x', SECRET '{}')", "hunter2"),
    ("SELECT pgp_sym_decrypt(card, '{}') FROM cards", "hunter2"),
    ("SELECT crypt('{}', gen_salt('bf'))", "hunter2"),
    ("UPDATE users SET password = crypt('{}', gen_salt('bf')) WHERE id = 1", "hunter2"),
    ("UPDATE users SET password_hash = '{}' WHERE id = 1", "$2b$12$hunter2abcdefgh"),
    ("SELECT * FROM users WHERE email = 'a@b.c' AND password = '{}'", "hunter2"),
    ("SELECT * FROM sessions WHERE token='{}' LIMIT 1", "hunter2"),
    ("INSERT INTO users (email, password) VALUES ('a@b.c', '{}')", "hunter2"),
    ('INSERT INTO "users" ("email", "api_key") VALUES (\'a\', \'x\'), (\'b\', \'{}\')', "hunter2"),
    # Redis.
    ("AUTH {}", "hunter2"),
    ("AUTH app {}", "hunter2"),
    ("auth {}", "hunter2"),
    ("PING\nAUTH {}\nGET x", "hunter2"),
    ('AUTH "{}"', "hun ter2"),
    ('1339518083.107412 [0 127.0.0.1:60866] "AUTH" "{}"', "hunter2"),
    ('1339518083.107412 [0 127.0.0.1:60866] "auth" "app" "{}"', "hunter2"),
    ("*2\r\n$4\r\nAUTH\r\n$7\r\n{}\r\n", "hunter2"),
    ("*3\r\n$4\r\nAUTH\r\n$3\r\napp\r\n$7\r\n{}\r\n", "hunter2"),
    ("['AUTH', '{}']", "hunter2"),
    ("HELLO 3 AUTH app {}", "hunter2"),
    ("HELLO 3 AUTH app {} SETNAME x", "hunter2"),
    ("CONFIG SET requirepass {}", "hunter2"),
    ('CONFIG SET requirepass "{}"', "hun ter2"),
    ('"CONFIG" "SET" "requirepass" "{}"', "hunter2"),
    ("config set masterauth {}", "hunter2"),
    ("requirepass {}", "hunter2"),
    ("masterauth {}", "hunter2"),
    ("redis-server *:6379 --requirepass {}", "hunter2"),
    ('"Cmd": ["redis-server", "--requirepass", "{}"]', "hunter2"),
    ("ACL SETUSER app on >{} ~* +@all", "hunter2"),
    ("ACL SETUSER app on #{} ~*", "9f86d081884c7d659a2feaa0c55ad015"),
    ("user app on >{} ~* +@all", "hunter2"),
    ("sentinel auth-pass mymaster {}", "hunter2"),
    ("SENTINEL SET mymaster auth-pass {}", "hunter2"),
    ("MIGRATE 10.0.0.2 6379 key 0 5000 COPY AUTH {} KEYS a", "hunter2"),
    ("MIGRATE 10.0.0.2 6379 key 0 5000 AUTH2 app {}", "hunter2"),
    ("tls-key-file-pass {}", "hunter2"),
    # Command lines.
    ("redis-cli -h cache -a {} ping", "hunter2"),
    ("redis-cli -h cache --pass {} ping", "hunter2"),
    ("redis-cli --user app --pass '{}' info", "hun ter2"),
    ('["redis-cli","-a","{}","ping"]', "hunter2"),
    ("mysql -u root -p{} shop", "hunter2"),
    ("mysqldump -h db -uroot -p'{}' shop", "hun ter2"),
    ("mysqladmin --user=root --password={} status", "hunter2"),
    ("app --password {} --verbose", "hunter2"),
    ("app --password={}", "hunter2"),
    ("app --db-password '{}'", "hun ter2"),
    ("app -password {}", "hunter2"),
    ("java -Dspring.datasource.password={} -jar shop.jar", "hunter2"),
    ("java -Djavax.net.ssl.keyStorePassword={} -jar x.jar", "hunter2"),
    ("worker --token {} --api-key={}", "hunter2"),
    ("['worker', '--auth-token', '{}']", "hunter2"),
    ("mongosh mongodb://db -u root -p {}", "hunter2"),
    ("mongodump --uri mongodb://root:{}@db", "hunter2"),
    ("sshpass -p {} ssh root@db", "hunter2"),
    ("sshpass -p{} ssh root@db", "hunter2"),
    ("docker login -u app -p {} registry.example.com", "hunter2"),
    ("curl -u app:{} https://api.example.com/", "hunter2"),
    ("curl --user 'app:{}' https://api.example.com/", "hunter2"),
    ("curl -H 'Authorization: Bearer {}' https://api", "hunter2"),
    ("curl -H \"X-Api-Key: {}\" https://api", "hunter2"),
    ("wget --http-password={} https://x", "hunter2"),
    ("ldapsearch -x -D cn=admin -w {} -b dc=x", "hunter2"),
    ("sqlcmd -S db -U sa -P {} -Q 'select 1'", "hunter2"),
    ("rabbitmqctl add_user app {}", "hunter2"),
    ("rabbitmqctl change_password app {}", "hunter2"),
    ("htpasswd -b /etc/nginx/htpasswd app {}", "hunter2"),
    ("openssl rsa -in key.pem -passin pass:{}", "hunter2"),
    ("echo {} | docker login -u app --password-stdin", "hunter2"),
    ("echo '{}' | sudo -S reboot", "hun ter2"),
    ("echo root:{} | chpasswd", "hunter2"),
    ("aws configure set aws_secret_access_key {}", "hunter2"),
    ("kubectl create secret generic s --from-literal=password={}", "hunter2"),
    ("helm install x --set postgresql.auth.password={},replicas=2", "hunter2"),
    ("redis-cli -u redis://app:{}@cache:6379 ping", "p@ss"),
    ("PGPASSWORD={} pg_dump -h db -U app shop", "hunter2"),
    ("sh -c \"PGPASSWORD='{}' psql -h db\"", "hun ter2"),
    # Headers.
    ("Authorization: Basic {}", base64.b64encode(b"app:hunter2").decode()),
    ("authorization: Bearer {}", "hunter2"),
    ("Proxy-Authorization: Basic {}", "YXBwOmh1bnRlcjI="),
    ("Authorization: {}", "hunter2"),
    ("Authorization: token {}", "hunter2"),
    ('Authorization: Digest username="app", realm="x", response="{}"', "6629fae49393a05397450978507c4ef1"),
    ("Authorization: AWS4-HMAC-SHA256 Credential=x/20261125, SignedHeaders=host, Signature={}", "fe5f80f77d5fa3beca038a24"),  # noqa: E501
    ('{{"headers": {{"Authorization": "Bearer {}", "Accept": "*/*"}}}}', "hunter2"),
    ("{{'Authorization': 'Bearer {}'}}", "hunter2"),
    ("authorization:[Bearer {}]", "hunter2"),
    ("Cookie: sessionid={}; theme=dark", "hunter2"),
    ("Set-Cookie: sid={}; HttpOnly; Path=/", "hunter2"),
    ('"cookie": "sid={}; theme=dark"', "hunter2"),
    ("X-Api-Key: {}", "hunter2"),
    ("PRIVATE-TOKEN: {}", "hunter2"),
    ("x-vault-token: {}", "hunter2"),
    ("> GET / HTTP/1.1\r\n> Authorization: Basic {}\r\n> Host: x", "YXBwOmh1bnRlcjI="),
    ("invalid credentials: Basic {}", "YXBwOmh1bnRlcjI="),
    ("got Bearer {} from 10.0.0.1", "mF_9.B5f-4.1JqM"),
    ("got Bearer {}", "abcdefghijklmnopqrstuvwxyzabcdef"),
    ("https://b.s3.amazonaws.com/x?X-Amz-Credential=a&X-Amz-Security-Token=b&X-Amz-Signature={}", "fe5f80f77d5f"),
    ("https://x.blob.core.windows.net/c?sv=2022&sig={}", "hunter2%3D"),
    # Tokens by their form.
    ("jwt {} rejected", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
    ("cut {}", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"),
    ("key id {} denied", "AKIAIOSFODNN7EXAMPLE"),
    ("as {} denied", "ASIAIOSFODNN7EXAMPLE"),
    ("remote: {}", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("{}", "github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ"),
    ("{}", "glpat-aBcDeFgHiJkLmNoPqRsT"),
    ("slack {}", "xoxb-2444333222-abcdefGHIJ"),
    ("https://hooks.slack.com/services/{}", "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"),
    ("https://discord.com/api/webhooks/123456789/{}", "aBcDeFgHiJkLmNoPqRsT"),
    ("https://api.telegram.org/bot123456789:{}/getMe", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"),
    ("stripe {}", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("{}", "whsec_abcdef123456"),
    ("openai {}", "sk-proj-aBcDeFgHiJkLmNoPqRsT1234"),
    ("anthropic {}", "sk-ant-api03-aBcDeFgHiJkLmNoP"),
    ("//registry.npmjs.org/:_authToken={}", "hunter2"),
    ("{}", "npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789"),
    ("{}", "pypi-AgEIcHlwaS5vcmcCJGFiY2RlZmdoaWprbG1ubw"),
    ("{}", "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"),
    ("{}", "ya29.a0AfH6SMBx1234567890"),
    ("{}", "SG.aBcDeFgHiJkLmNoP.qRsTuVwXyZ0123456789"),
    ("{}", "hf_aBcDeFgHiJkLmNoPqRsTuV"),
    ("{}", "hvs.CAESIJabcdefghijklmnop"),
    ("{}", "dckr_pat_aBcDeFgHiJkLmNoP"),
    ("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU="),
    ("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{}\n-----END PGP PRIVATE KEY BLOCK-----", "lQOYBF2x1234567890abcdef"),
    (r'"private_key": "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n"', "MIIEvQIBADANBgkqhkiG9w0"),
    ("{}", "MIIEpAIBAAKCAQEA7yn3bRHQ5FHMQGOpHdh7uF1tMIIEpAIBAAKCAQEA7yn3bRHQ"),
    ("{}", "AGE-SECRET-KEY-1QQPQYQSZQGPQYQSZQGPQYQSZQGPQYQS"),
    # Odds and ends.
    ("A temporary password is generated for root@localhost: {}", "hunter2;x,Q"),
    ("GENERATED ROOT PASSWORD: {}", "hunter2"),
    ("your password is {}", "hunter2"),
    ('{{"auths": {{"r.example.com": {{"auth": "{}"}}}}}}', "YXBwOmh1bnRlcjI="),
    ("passphrase: {}", "correct horse battery staple"),
    ("db:\n  password: {}\n  user: app", "hun ter 2"),
    ("password = {}", "hun ter2"),
    ("PASSWORD={}", "hun,ter(2)x;y"),
    ("password={}", "&hunter2"),
    ("'POSTGRES_PASSWORD={}'", "hun ter2"),
    ("token: {}", "hunter2"),
    ("secret: {}", "hunter2"),
)  # fmt: skip


def everything() -> list[tuple[str, str]]:
    """Every text of the corpus with its secret."""
    found = [
        (shape.replace("{}", secret).replace("{{", "{").replace("}}", "}"), secret)
        for shape, secret in OTHERS
    ]
    found += [
        (shape.format(name=name, secret=SECRETS[number % len(SECRETS)]), SECRETS[number % len(SECRETS)])
        for shape in NAMED
        for number, name in enumerate(NAMES)
    ]
    found += [
        (setting.format(url.format(secret)), secret)
        for url in URLS
        for setting in URL_SETTINGS
        for secret in URL_SECRETS
    ]
    for awkward in ("hun ter2", "it's hunter2", 'say "hunter2"', "back\\slash hunter2", "hunter2"):
        found += [
            (shlex.join(["psql", f"--password={awkward}", "-h", "db"]), awkward),
            (shlex.join(["app", "--password", awkward, "x"]), awkward),
            (shlex.join(["docker", "run", "-e", f"POSTGRES_PASSWORD={awkward}", "postgres"]), awkward),
            (json.dumps({"user": "app", "password": awkward, "port": 1}), awkward),
            (json.dumps({"Env": [f"POSTGRES_PASSWORD={awkward}", "PATH=/bin"]}), awkward),
            (json.dumps(json.dumps({"password": awkward, "port": 1})), awkward),
            (repr({"password": awkward, "port": 1}), awkward),
        ]
    return found


def pieces_of(secret: str) -> list[str]:
    """What must not be seen of a secret: each word of it that is long enough to mean something."""
    words = secret.replace("'", " ").replace('"', " ").replace("\\", " ").split()
    return [word for word in words if len(word) >= 3] or [secret]
