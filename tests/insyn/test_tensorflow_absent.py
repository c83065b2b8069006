"""What stands in for TensorFlow lets Rasa be imported, and says so clearly when somebody really needs it."""

import importlib

import pytest
import tensorflow as tf


def test_rasa_can_be_imported_with_every_module_that_names_tensorflow():
    for name in (
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.nlu.selectors.response_selector",
        "rasa.core.policies.ted_policy",
        "rasa.core.policies.unexpected_intent_policy",
        "rasa.utils.tensorflow.models",
        "rasa.utils.tensorflow.transformer",
    ):
        importlib.import_module(name)


def test_the_real_tensorflow_is_not_here():
    assert type(tf).__name__ == "AbsentModule"


@pytest.mark.parametrize("use", [lambda: tf.constant(1), lambda: tf.keras.layers.Dense(3), lambda: tf.Tensor()])
def test_using_it_says_what_is_missing_and_where_to_read(use):
    with pytest.raises(tf.TensorFlowAbsentError, match="docs/adr/0001"):
        use()


def test_it_can_be_named_subclassed_subscripted_and_used_as_a_decorator():
    class Layer(tf.keras.layers.Layer):
        def call(self, inputs: tf.Tensor) -> "list[tf.Tensor]":
            return [inputs]

    @tf.function
    def identity(value):
        return value

    assert identity(3) == 3
    assert tf.types.experimental.TensorLike[int] is tf.types.experimental.TensorLike


def test_protocols_see_that_it_is_not_there():
    assert not hasattr(tf.Tensor, "__array__")
    assert not hasattr(tf.Tensor, "_jsonpickle_exclude")


def test_rasa_does_not_mistake_anything_for_a_tensor():
    assert not isinstance(3, tf.Tensor)
    assert not isinstance([1.0], (tf.Tensor, tf.SparseTensor))
