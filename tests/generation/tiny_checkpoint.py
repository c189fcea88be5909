"""A tiny random ACE-Step 1.5 of the real architecture, as diffusers saves it."""

from pathlib import Path
from typing import Any

import pytest

NEEDS_DIFFUSERS = "diffusers is not installed: pip install -r requirements/gpu.txt"
"""Why a test is skipped in an environment that only runs the engine."""

_SIZES: dict[str, Any] = {
    "hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2,
    "num_key_value_heads": 1, "head_dim": 16,
}  # fmt: skip
_LATENT = 2

_TAUGHT = (
    "# Instruction\nFill the audio semantic mask based on the given conditions:\n\n# Caption\n",
    "Generate the TRACK track based on the audio context: Repaint the mask area Extract Complete",
    "# Metas\n- bpm: N/A\n- timesignature: N/A\n- keyscale: N/A\n- duration: 10 seconds\n",
    "# Languages\nunknown\n\n# Lyric\n<|endoftext|>\n",
)


def needs_diffusers() -> Any:
    """torch, or a skip that says how to get what generates."""
    pytest.importorskip("diffusers", reason=NEEDS_DIFFUSERS)
    pytest.importorskip("accelerate", reason=NEEDS_DIFFUSERS)
    return pytest.importorskip("torch", reason=NEEDS_DIFFUSERS)


def write_checkpoint(
    folder: Path, *, family: str = "turbo", seed: int = 1, output_gain: float = 1.0
) -> Path:
    """Save a checkpoint of random weights; its folder. output_gain: of its decoder's last layer"""
    torch = needs_diffusers()
    from diffusers import AceStepPipeline, FlowMatchEulerDiscreteScheduler

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        tokenizer, vocabulary = _tokenizer()
        pipeline = AceStepPipeline(
            text_encoder=_text_encoder(vocabulary),
            tokenizer=tokenizer,
            scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
            **_parts(family),
        )
        with torch.no_grad():
            pipeline.vae.decoder.conv2.weight_g.mul_(output_gain)
    pipeline.save_pretrained(str(folder))
    return folder


def _parts(family: str) -> dict[str, Any]:
    from diffusers import AceStepTransformer1DModel, AutoencoderOobleck
    from diffusers.pipelines.ace_step import modeling_ace_step as parts

    turbo = family == "turbo"
    encoder = parts.AceStepConditionEncoder(
        **_SIZES, text_hidden_dim=32, timbre_hidden_dim=_LATENT,
        num_lyric_encoder_hidden_layers=1, num_timbre_encoder_hidden_layers=1,
    )  # fmt: skip
    pooling = {"audio_acoustic_hidden_dim": _LATENT, "num_attention_pooler_hidden_layers": 1}
    return {
        "vae": AutoencoderOobleck(
            encoder_hidden_size=2 * _LATENT, downsampling_ratios=[2, 4, 4, 6, 10],
            channel_multiples=[1, 1, 2, 2, 4], decoder_channels=2,
            decoder_input_channels=_LATENT, audio_channels=2, sampling_rate=48_000,
        ),
        "transformer": AceStepTransformer1DModel(
            **_SIZES, num_hidden_layers=2, in_channels=3 * _LATENT,
            audio_acoustic_hidden_dim=_LATENT, is_turbo=turbo, model_version=family,
        ),
        "condition_encoder": encoder,
        "audio_tokenizer": parts.AceStepAudioTokenizer(**_SIZES, **pooling, fsq_dim=32),
        "audio_token_detokenizer": parts.AceStepAudioTokenDetokenizer(**_SIZES, **pooling),
    }  # fmt: skip


def _text_encoder(vocabulary: int) -> Any:
    from transformers import Qwen3Config, Qwen3Model

    config = Qwen3Config(**_SIZES, vocab_size=vocabulary, num_hidden_layers=1)
    return Qwen3Model(config)


def _tokenizer() -> tuple[Any, int]:
    """A byte-level tokenizer that knows the words of the model's own template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=["<|endoftext|>"], show_progress=False,
        min_frequency=1, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )  # fmt: skip
    made.train_from_iterator(_TAUGHT, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|endoftext|>", pad_token="<|endoftext|>"
    )
    return fast, made.get_vocab_size()
