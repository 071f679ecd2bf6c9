"""Who may ask the social registry, what was asked, and who is told of what by himself."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from bangfu.books.accounts.models import Operator
from bangfu.books.walls.guarded import SealedField
from bangfu.books.walls.history import recorded


@recorded()
class Client(models.Model):
    """A registered system: an account (`operator`) that comes in with a token of its own, at `place_code`.

    `sender_id` is its name in messages, `known_as` ours in its eyes, `basis` the agreement by which it
    asks. With a `public_key`
    (Ed25519 as a JWK, known to both sides as `key_id`) every message must be signed by it; without one
    signatures are not looked at. With an `encryption_key` (a public JWK, known to both sides as
    `encryption_key_id`) every message to it is encrypted for that key, and every message of its own must
    be encrypted for ours; without one none is. `callback_hosts` are "host" or "host:port"; one that resolves to a
    private address is called only with `private_callbacks`. `callback_base` is where its own registry
    addresses begin: for notices, and for answers to who names no address. `attributes` are what it may
    search by. `shows_numbers`: answers carry ID numbers where the token's role may have them too.
    """

    sender_id = models.CharField(max_length=100, unique=True)
    known_as = models.CharField(max_length=100)
    place_code = models.CharField(max_length=12)
    operator = models.OneToOneField(Operator, on_delete=models.PROTECT, to_field="username")
    basis = models.TextField()
    key_id = models.CharField(max_length=64, blank=True, default="")
    public_key = models.TextField(blank=True, default="")
    encryption_key_id = models.CharField(max_length=64, blank=True, default="")
    encryption_key = models.TextField(blank=True, default="")
    callback_hosts = ArrayField(models.TextField(), default=list)
    callback_base = models.TextField(blank=True, default="")
    private_callbacks = models.BooleanField(default=False)
    attributes = ArrayField(models.TextField(), default=list)
    shows_numbers = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["place_code"], name="social_registry_client_place")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(key_id="", public_key="")
                | ~(models.Q(key_id="") | models.Q(public_key="")),
                name="social_registry_client_key",
            ),
            models.CheckConstraint(
                condition=models.Q(encryption_key_id="", encryption_key="")
                | ~(models.Q(encryption_key_id="") | models.Q(encryption_key="")),
                name="social_registry_client_enckey",
            ),
            models.CheckConstraint(
                condition=~models.Q(basis=""), name="social_registry_client_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.sender_id


class Action(models.TextChoices):
    """What is called back: the answer to a request, or a notice."""

    SEARCH = "search"
    STATUS = "txn-status"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    NOTIFY = "notify"


class Exchange(models.Model):
    """One message to call back with. `message` is sealed, for it may hold numbers: the request itself
    where the answer is made when it is sent (search, txn-status), else the finished message.

    `message_id` is the request's, so that one sent twice is taken once. `correlation_id` is how the
    answer is told, and is the id of the message that is sent: one sent again after a worker's death is
    known as the same. `references` are the reference ids of the batch. `numbers`: the token that asked
    may have ID numbers. `status` goes from rcvd to succ, or to rjct when it was refused for good.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="exchanges")
    place_code = models.CharField(max_length=12)
    action = models.CharField(max_length=20, choices=Action.choices)
    message_id = models.CharField(max_length=200)
    transaction_id = models.CharField(max_length=99)
    correlation_id = models.CharField(max_length=99, unique=True)
    references = ArrayField(models.TextField())
    uri = models.TextField()
    message = SealedField()
    numbers = models.BooleanField()
    status = models.CharField(max_length=4)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "message_id"], name="social_registry_xchg_once"
            ),
        ]
        indexes = [
            models.Index(fields=["place_code"], name="social_registry_xchg_place"),
            models.Index(fields=["client", "transaction_id"], name="social_registry_xchg_txn"),
        ]

    def __str__(self) -> str:
        return self.correlation_id


class Event(models.TextChoices):
    """What a system may be told of: who is new in the books; who is new in a household that was there."""

    REGISTER = "REGISTER"
    NEW_MEMBER = "NewHouseHoldMember"


@recorded(exclude=("criteria",))
class Subscription(models.Model):
    """What a client wants to be told of, from `made_at` until `ended_at`; `since` is when it was made by
    the database's clock, as history is.

    `criteria` is the search that the new must meet, sealed. `cron` says when notices go out, within
    `starts_at` and `ends_at` where these are set; empty is whenever there is something. `looked_at`
    is when it was last looked for.
    """

    web_rights = ("select", "insert", "update")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="subscriptions")
    place_code = models.CharField(max_length=12)
    code = models.CharField(max_length=99, unique=True)
    event = models.CharField(max_length=20, choices=Event.choices)
    record_type = models.CharField(max_length=10)
    criteria = SealedField()
    cron = models.CharField(max_length=100, blank=True, default="")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    transaction_id = models.CharField(max_length=99)
    reference_id = models.CharField(max_length=99)
    locale = models.CharField(max_length=3, blank=True, default="")
    made_at = models.DateTimeField()
    since = models.DateTimeField(db_default=Now())
    looked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "event", "record_type", "criteria"],
                condition=models.Q(ended_at__isnull=True),
                name="social_registry_subscribed_once",
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="social_registry_sub_place")]

    def __str__(self) -> str:
        return self.code


class Told(models.Model):
    """That a subscriber was told of a household (`person_no` empty) or of a person: once each."""

    web_rights = ("select", "insert")

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="told")
    place_code = models.CharField(max_length=12)
    household_no = models.TextField()
    person_no = models.TextField(blank=True, default="")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "household_no", "person_no"],
                name="social_registry_told_once",
            ),
        ]
        indexes = [models.Index(fields=["place_code"], name="social_registry_told_place")]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.pk}"
