package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"podium/cluster/kind"
	"podium/i18n"
)

// imagesCommand is podium images: what a class without internet needs.
func imagesCommand(o *options, say func(string) string) *cobra.Command {
	c := &cobra.Command{Use: "images", Short: say("images"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.listImages(c.OutOrStdout()) }}
	c.AddCommand(
		&cobra.Command{Use: "pull", Short: say("images-pull"), Args: noArguments,
			RunE: func(c *cobra.Command, _ []string) error { return o.pullImages(c.Context(), c.OutOrStdout()) }},
		&cobra.Command{Use: "save FILE", Short: say("images-save"), Args: oneArgument("file"),
			RunE: func(c *cobra.Command, args []string) error {
				return o.saveImages(c.Context(), c.OutOrStdout(), args[0])
			}},
		&cobra.Command{Use: "load FILE", Short: say("images-load"), Args: oneArgument("file"),
			RunE: func(c *cobra.Command, args []string) error {
				return o.loadImages(c.Context(), c.OutOrStdout(), args[0])
			}},
	)
	return c
}

// kind returns the provider that keeps images.
func (o *options) kind() (*kind.Provider, error) {
	h, err := findHome()
	if err != nil {
		return nil, err
	}
	return kind.New(kind.Options{Home: h.provider("kind"), Cluster: o.cluster, Image: o.nodeImage}), nil
}

func (o *options) listImages(out io.Writer) error {
	names, err := kind.LessonImages()
	for _, name := range names {
		fmt.Fprintln(out, name)
	}
	return err
}

func (o *options) pullImages(ctx context.Context, out io.Writer) error {
	provider, err := o.kind()
	if err != nil {
		return err
	}
	err = provider.PullImages(ctx, func(image string) {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.images-pulling", "Image", image)))
	})
	if err == nil {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.images-pulled")))
	}
	return advise(err)
}

func (o *options) saveImages(ctx context.Context, out io.Writer, file string) error {
	provider, err := o.kind()
	if err != nil {
		return err
	}
	if err := provider.SaveImages(ctx, file); err != nil {
		return advise(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.images-saved", "File", file, "Size", fmt.Sprintf("%.1f GB", float64(info.Size())/1e9))))
	return nil
}

func (o *options) loadImages(ctx context.Context, out io.Writer, file string) error {
	provider, err := o.kind()
	if err != nil {
		return err
	}
	archive, err := os.Open(file)
	if err != nil {
		return i18n.Errorf(err, i18n.M("cli.images-file", "File", file, "Problem", plain(err)))
	}
	defer archive.Close()
	if err := provider.LoadImages(ctx, archive); err != nil {
		return advise(err)
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.images-loaded")))
	return nil
}
