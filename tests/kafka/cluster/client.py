"""A publisher whose records arrive, whatever becomes of the brokers.

An idempotent producer gives up for good when a broker's sequence of its records is
not its own, as it may be after a broker has been killed (librdkafka: a fatal
error). Then there is a new one, and what had no answer is published again, in its
order. A record may so be there twice, as with any publisher that starts again.
"""

from confluent_kafka import KafkaError, KafkaException, Producer

RENEWED_MAX = 100


class Client:
    def __init__(self, settings):
        self.settings = settings
        self.producer = Producer(settings)
        self.unanswered = []  # what a producer answered with an error
        self.renewed = self.again = 0

    def produce(self, topic, on_delivery, **record):
        """Raises BufferError where the queue is full, as a producer does."""
        def delivered(error, message):
            if error is None:
                on_delivery(error, message)
            else:
                self.unanswered.append((topic, on_delivery, error, record))
        if not self.goes_on(lambda: self.producer.produce(topic, on_delivery=delivered, **record)):
            self.renew()
            self.produce(topic, on_delivery, **record)

    def poll(self, wait_s):
        if self.goes_on(lambda: self.producer.poll(wait_s)):
            self.give_answers()
        else:
            self.renew()

    def flush(self, limit_s):
        left = []
        while not self.goes_on(lambda: left.append(self.producer.flush(limit_s))):
            self.renew()
        self.give_answers()
        return left[-1]

    @staticmethod
    def goes_on(call):
        """False: the producer has given up."""
        try:
            call()
        except KafkaException as e:
            if not e.args[0].fatal() and e.args[0].code() != KafkaError._FATAL:
                raise
            return False
        return True

    def give_answers(self):
        lost, self.unanswered = self.unanswered, []
        for _, on_delivery, error, _ in lost:
            on_delivery(error, None)

    def renew(self):
        self.renewed += 1
        if self.renewed > RENEWED_MAX:
            raise RuntimeError(f"the producer gave up {self.renewed} times")
        # It answers for all that it still has.
        left = [1]
        for _ in range(30):
            self.goes_on(lambda: left.append(self.producer.flush(10)))
            if left[-1] == 0:
                break
        self.producer = Producer(self.settings)
        lost, self.unanswered = self.unanswered, []
        self.again += len(lost)
        for topic, on_delivery, _, record in lost:
            self.produce(topic, on_delivery, **record)
